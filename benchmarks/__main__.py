"""`python -m benchmarks NAME …`: run one measurement and print what it found."""

import sys

from benchmarks import evidence, history, ledger, lending, outcomes, retail_shops, rings, risk

KNOWN = {
    "evidence": evidence.main,
    "history": history.main,
    "ledger": ledger.main,
    "lending": lending.main,
    "outcomes": outcomes.main,
    "rings": rings.main,
    "risk": risk.main,
    "shops": retail_shops.main,
}


def main() -> None:
    """Run the measurement named on the command line."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in KNOWN:
        sys.exit(f"python -m benchmarks {{{','.join(KNOWN)}}} …")
    KNOWN[name](sys.argv[2:])


if __name__ == "__main__":
    main()
