import time
from tests.graph.test_bulk import *
from graph.repositories import stats
def test_t(database,tmp_path):
    t0=time.time()
    def lap(n):
        nonlocal t0; print(n, round(time.time()-t0,1), flush=True); t0=time.time()
    dump,m,s=generated(tmp_path); lap('gen')
    import_files(database,[dump],mapping_file=m,source=s,run=RUN,clock=lambda:NOW,rejects_file=tmp_path/'x'); lap('online')
    home=tmp_path/'home'
    with offline(home,SMALL) as scratch:
        f=written(load_of(dump,mapping=m,source=s),scratch/'files',slices=2); lap('write')
        import_store(f,home,scratch,SMALL); lap('admin')
    with EmbeddedServer(home,SMALL) as server, open_endpoint(server.endpoint) as bulk:
        lap('start'); a=graph_of(bulk); lap('dump bulk')
        b=graph_of(database); lap('dump online')
    lap('stop')
    assert a==b; lap('cmp')
