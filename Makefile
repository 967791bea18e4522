# Breakwater. `make` lists what there is. Needs Python >= 3.11, make and git; installs the rest
# into .venv and node_modules, pinned.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The newest Python >= 3.11 there is; or say which: make up PYTHON=/path/to/python3
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
INSTALLED := .venv/breakwater-installed.json
WITHIN := PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONPATH="$(CURDIR)/runtime:$(CURDIR)/local"
CDK := $(WITHIN) $(BIN)/node node_modules/aws-cdk/bin/cdk
UP_OPTIONS = $(if $(PORT),--port "$(PORT)") $(if $(SCRIPT),--script "$(SCRIPT)") $(if $(SERVERS),--servers "$(SERVERS)")
ON_AWS := dev test prod
ENVIRONMENTS := local $(ON_AWS)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- on this machine

.PHONY: drill
drill: install ## A drill from start to report (PLAN=, YES=1, RUN=, CLEANUP=, CANCEL=, and what `up` takes)
	@$(WITHIN) $(BIN)/python -m breakwater_local drill $(UP_OPTIONS) $(if $(PLAN),--plan "$(PLAN)") \
	  $(if $(filter 1 y yes true,$(YES)),--yes) $(if $(RUN),--run "$(RUN)") \
	  $(if $(CLEANUP),--cleanup "$(CLEANUP)") $(if $(CANCEL),--cancel "$(CANCEL)")

.PHONY: up
up: install ## Start the embedded AWS and deploy everything to it (PORT=, SCRIPT=, SERVERS=)
	@$(WITHIN) $(BIN)/python -m breakwater_local up $(UP_OPTIONS)

.PHONY: portal
portal: install ## Build the portal into portal/dist
	@$(WITHIN) $(BIN)/python -m breakwater_local.portal

.PHONY: down
down: ## End exactly what `make up` started
	@if [ -f $(INSTALLED) ] || [ -f .breakwater/emulator.json ]; then \
	  $(MAKE) -s install && $(WITHIN) $(BIN)/python -m breakwater_local down; \
	else echo "Nothing of ours is running."; fi

.PHONY: status
status: ## What runs where
	@if [ -f $(INSTALLED) ]; then $(WITHIN) $(BIN)/python -m breakwater_local status; \
	else echo "Breakwater is not installed here. Start it: make up"; exit 3; fi

.PHONY: env
env: ## Settings for AWS clients: eval "$(make -s env)"
	@$(WITHIN) $(BIN)/python -m breakwater_local env

.PHONY: token
token: ## The ID token of a sample person, for programs: ROLE=viewer
	@$(WITHIN) $(BIN)/python -m breakwater_local token --role "$(or $(ROLE),viewer)"

# ---- on AWS

.PHONY: deploy
deploy: require-aws install ## Deploy to AWS: ENV=dev, test or prod
	@$(CDK) deploy --all -c environment=$(ENV) --progress events $(CDK_FLAGS)
	@$(MAKE) --no-print-directory portal-upload ENV=$(ENV)

.PHONY: portal-upload
portal-upload: require-aws install ## Bring the portal as it is here to its address: ENV=
	@$(WITHIN) $(BIN)/python -m breakwater_local.portal --environment "$(ENV)"

.PHONY: rollback
rollback: require-aws ## Deploy an earlier release from a checkout of its own: ENV= TO=<tag>
	@[ -n "$(TO)" ] || { echo "Say which release: make rollback ENV=$(ENV) TO=<tag>. The latest: $$(git tag --sort=-creatordate | head -5 | tr '\n' ' ')" >&2; exit 2; }
	@git rev-parse --quiet --verify "$(TO)^{commit}" > /dev/null || { \
	  echo "There is no release $(TO) here. If it was made elsewhere: git fetch --tags. The latest: $$(git tag --sort=-creatordate | head -5 | tr '\n' ' ')" >&2; exit 2; }
	@place=$$(mktemp -d) && trap 'git worktree remove --force "$$place"; git worktree prune' EXIT && trap 'exit 130' INT TERM && \
	  git worktree add --quiet --detach "$$place" "$(TO)" && \
	  echo "Deploying $$(git describe --always --tags "$(TO)") of $$(git show -s --format=%cs "$(TO)^{commit}") to $(ENV). Open runs go on: see docs/operations.md." && \
	  { $(MAKE) --no-print-directory -C "$$place" deploy ENV="$(ENV)" CDK_FLAGS="$(CDK_FLAGS)" || { \
	    echo "The release $(TO) is not, or not wholly, deployed to $(ENV). CloudFormation has gone back, stack by stack: make verify ENV=$(ENV)" >&2; exit 1; }; } && \
	  echo "$(TO) is deployed to $(ENV). Check it: make verify ENV=$(ENV)"

.PHONY: diff
diff: require-aws install ## What a deployment would change: ENV=
	@$(CDK) diff -c environment=$(ENV) $(CDK_FLAGS)

.PHONY: target-role
target-role: require-env install ## Let Breakwater reach servers in the account you are signed in to: ENV= CONTROL=
	@$(CDK) deploy --app "PATH=\"$$PWD/.venv/bin:$$PATH\" python3 -m stacks.target_account" -c environment=$(ENV) -c control=$(CONTROL) --progress events $(CDK_FLAGS)

.PHONY: openapi
openapi: install ## Write docs/api/openapi.json from the route table
	@$(WITHIN) $(BIN)/python -m breakwater.routes > docs/api/openapi.json.new && mv docs/api/openapi.json.new docs/api/openapi.json

.PHONY: verify
verify: require-env install ## Check a deployment from outside: ENV=
	@if [ "$(ENV)" = local ]; then \
	  settings=$$($(WITHIN) $(BIN)/python -m breakwater_local env) || exit 1; eval "$$settings"; fi; \
	$(WITHIN) $(BIN)/python -m breakwater.verify --environment $(ENV)

.PHONY: require-aws
require-aws:
	@case "$(ENV)" in dev|test|prod) ;; *) \
	  echo "Say which environment: make $(firstword $(MAKECMDGOALS)) ENV=<one of: $(ON_AWS)>. The environment local is deployed by: make up" >&2; exit 2;; esac

.PHONY: require-env
require-env:
	@case "$(ENV)" in local|dev|test|prod) ;; *) \
	  echo "Say which environment: make $(firstword $(MAKECMDGOALS)) ENV=<one of: $(ENVIRONMENTS)>" >&2; exit 2;; esac

# ---- checks

.PHONY: test
test: install-dev ## The whole proof
	@$(WITHIN) tests/run all

.PHONY: check
check: install-dev ## The fast part: linters, types, layers, unit, infrastructure, contract
	@$(WITHIN) tests/run fast

.PHONY: format
format: install-dev ## Put the code into its form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: synth
synth: install ## Synthesize every environment, with validation and cdk-nag
	@for environment in $(ENVIRONMENTS); do \
	  echo "… $$environment"; \
	  $(CDK) synth --quiet -c environment=$$environment --output cdk.out/$$environment || exit 1; done

.PHONY: snapshots
snapshots: install-dev ## Accept what the templates are now; read the difference before you commit
	@$(WITHIN) $(BIN)/python -m pytest -q tests/infrastructure --snapshot-update

.PHONY: bench
bench: install-dev ## Measure, and rewrite docs/benchmarks.md; AREA=engine measures one
	@$(WITHIN) $(BIN)/python -m benchmarks $(AREA)

.PHONY: screenshots
screenshots: install-dev ## Pictures of the portal's pages into docs/screenshots; needs `make up` and Chromium
	@PYTHONPATH=.:runtime:local $(BIN)/python -m tests.integration.browser.screenshots

# ---- installation

.PHONY: python
python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed and was not found. Install it, or say where it is: make up PYTHON=/path/to/python3" >&2; exit 1; }

.PHONY: install
install: python
	@PYTHONPATH=local $(PYTHON) -m breakwater_local.install run

.PHONY: install-dev
install-dev: python
	@PYTHONPATH=local $(PYTHON) -m breakwater_local.install dev

.PHONY: lock
lock: install ## Pin what requirements*.in allow, and the CDK command line
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt $(LOCK_FLAGS)
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate requirements-dev.in -c requirements.txt -o requirements-dev.txt $(LOCK_FLAGS)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only
