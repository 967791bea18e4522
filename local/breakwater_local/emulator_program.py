"""`python -m breakwater_local.emulator_program`: ministack, with what had to be mended in it."""

import runpy

from breakwater_local import policy_simulation, recorded_calls

if __name__ == "__main__":
    policy_simulation.mend()
    recorded_calls.begin()
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
