"""Everything that `ml` raises on purpose, in one tree.

LearningError
├── ArtefactError               one trained model in the registry
│   ├── ArtefactNotFound        no such name, version or alias
│   ├── ArtefactInvalid         one that cannot be registered as it is
│   ├── ArtefactCorrupted       a file that is not what was registered
│   ├── ArtefactInUse           an alias points to it
│   └── BundleInvalid           a file that holds no artefact
├── RegistryUnavailable         a full disk, a folder that cannot be written
├── DeviceMissing               a GPU that is not there
├── CategoriesTooFew            titles of fewer than two categories
├── CategorizerInvalid          files that hold no categorizer, or one that needs what is not here
├── CatalogueEmpty              no model that a text could be linked to
├── EncoderUnusable             nothing can be compared with what the graph holds
│   ├── EncoderMissing          no model is there
│   └── EncoderMismatch         one is whose vectors are not those of the graph
├── ExtractorInvalid            files that hold no extractor
├── FeatureMissing              a graph that no featurizer has been over
├── GazetteerInvalid            a list of entity names that cannot be read
├── GraphTooSmall               nothing to learn from
├── ImageFolderMissing          a folder of pictures that is not there
├── ImageUnusable               one picture that cannot be read
├── HeteroFileInvalid           a file that is no exported graph
├── OffersInvalid               a file of offers that cannot be read or judged by
├── OffersTooFew                offers that name no two models of a catalogue
├── CheckpointInvalid           a checkpoint that this run cannot go on from
├── CheckpointNotWritten        a full or broken disk
├── JournalNotWritten           the same, or a folder that cannot be written
├── LibraryMissing              what LightGBM wants of the system is not installed
├── LabelsInvalid               a file of labelled texts that cannot be read or judged by
├── MatcherInvalid              files that are no matcher of this version
├── PackageMissing              what networks take is not installed
├── PairsInvalid                a file of labelled pairs that cannot be read or learnt from
├── QuestionsInvalid            a file of questions that cannot be read
├── RecommenderInvalid          files that are no recommender of this version
├── RecipeInvalid               a setting of a training run that makes no sense
├── SequencesInvalid            a file of shoppers and their items that cannot be read or judged by
├── SpansInvalid                entities that no text can have
├── SplitLeaks                  parts that share what they are judged on
├── TriplesInvalid              a file of triples that cannot be read or judged by
├── TensorBoardMissing          a package that was asked for and is not installed
├── TextCheckpointInvalid       a folder that holds no transformer to start from
├── TitlesInvalid               a file of labelled titles that cannot be read or judged by
├── TrainingDiverged            a loss that is no number
└── TrainingProcessFailed       one of several processes that train together
"""

from ml.errors.artefacts import (
    ArtefactCorrupted,
    ArtefactError,
    ArtefactInUse,
    ArtefactInvalid,
    ArtefactNotFound,
    BundleInvalid,
    CategorizerInvalid,
    ExtractorInvalid,
    MatcherInvalid,
    RecommenderInvalid,
    RegistryUnavailable,
)
from ml.errors.base import LearningError
from ml.errors.encoders import (
    EncoderMismatch,
    EncoderMissing,
    EncoderUnusable,
    FeatureMissing,
    GraphTooSmall,
    HeteroFileInvalid,
    ImageFolderMissing,
    ImageUnusable,
)
from ml.errors.files import (
    CatalogueEmpty,
    CategoriesTooFew,
    GazetteerInvalid,
    LabelsInvalid,
    OffersInvalid,
    OffersTooFew,
    PairsInvalid,
    QuestionsInvalid,
    SequencesInvalid,
    SpansInvalid,
    SplitLeaks,
    TitlesInvalid,
    TriplesInvalid,
)
from ml.errors.runs import (
    CheckpointInvalid,
    CheckpointNotWritten,
    DeviceMissing,
    JournalNotWritten,
    LibraryMissing,
    PackageMissing,
    RecipeInvalid,
    TensorBoardMissing,
    TextCheckpointInvalid,
    TrainingDiverged,
    TrainingProcessFailed,
    packages_told,
)

__all__ = [
    "ArtefactCorrupted",
    "ArtefactError",
    "ArtefactInUse",
    "ArtefactInvalid",
    "ArtefactNotFound",
    "BundleInvalid",
    "CatalogueEmpty",
    "CategoriesTooFew",
    "CategorizerInvalid",
    "CheckpointInvalid",
    "CheckpointNotWritten",
    "DeviceMissing",
    "EncoderMismatch",
    "EncoderMissing",
    "EncoderUnusable",
    "ExtractorInvalid",
    "FeatureMissing",
    "GazetteerInvalid",
    "GraphTooSmall",
    "HeteroFileInvalid",
    "ImageFolderMissing",
    "ImageUnusable",
    "JournalNotWritten",
    "LabelsInvalid",
    "LearningError",
    "LibraryMissing",
    "MatcherInvalid",
    "OffersInvalid",
    "OffersTooFew",
    "PackageMissing",
    "PairsInvalid",
    "QuestionsInvalid",
    "RecipeInvalid",
    "RecommenderInvalid",
    "RegistryUnavailable",
    "SequencesInvalid",
    "SpansInvalid",
    "SplitLeaks",
    "TensorBoardMissing",
    "TextCheckpointInvalid",
    "TitlesInvalid",
    "TrainingDiverged",
    "TrainingProcessFailed",
    "TriplesInvalid",
    "packages_told",
]
