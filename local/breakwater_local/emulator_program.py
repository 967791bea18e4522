"""`python -m breakwater_local.emulator_program`: ministack, with what had to be mended in it."""

import runpy

from breakwater_local import policy_simulation

if __name__ == "__main__":
    policy_simulation.mend()
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
