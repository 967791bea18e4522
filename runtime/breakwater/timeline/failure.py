class Failure: pass
def failure_of(t): return None
