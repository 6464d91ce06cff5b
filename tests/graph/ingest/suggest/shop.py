"""Rows of a furniture shop, made up."""

from __future__ import annotations

NAMES = ("Lamp", "Chair", "Desk", "Sofa", "Shelf", "Rug", "Clock", "Mirror", "Bench", "Stool")
MAKERS = ("Nordal", "Kinto", "Ferm", "Hay")


def gtin(number: int) -> str:
    digits = f"{400_000_000_000 + number}"
    total = sum(int(d) * (1 if i % 2 == 0 else 3) for i, d in enumerate(digits))
    return digits + str(-total % 10)


def shop_row(number: int) -> tuple[object, ...]:
    maker, thing = MAKERS[number % 4], NAMES[number % 10]
    return (
        f"N-{1000 + number}",
        f"{maker} {thing} number {number} in oak",
        maker,
        f"Home > Living > {thing}",
        f"{number + 10}.{number % 10}9",
        "EUR",
        gtin(number),
        f"https://shop.example/p/{number}",
        f"https://img.shop.example/{number}.jpg",
        "yes" if number % 3 else "no",
        f"{number % 7 + 1} kg",
        "2026-01-02T03:04:05Z",
        number % 5,
    )


ROWS = [shop_row(number) for number in range(60)]
