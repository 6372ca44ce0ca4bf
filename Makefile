# Each target does everything from a bare Python 3.11, 3.12 or 3.13 with pip: the first one makes
# an environment in .venv and installs the course there. On Windows, and for whoever prefers
# their own environment, README.md gives the plain commands.

PYTHON ?= python3
ARGS   ?=
VENV   := .venv
COLAB  := .venv-colab

# The first lesson in order. Options for the servers and runners come in through ARGS.
FIRST_LESSON := $(firstword $(sort $(wildcard notebooks/[0-9]*.ipynb)))

# What Colab's versions are tried on: what a student touches there. In a browser, each lesson's
# explorers, and what ipywidgets 7 and 8 do differently: a canvas, a file, widgets beside anywidget.
COLAB_BROWSER := $(patsubst %,tests/browser/test_%_in_browser.py,lessons computed digit_pad upload)
COLAB_TESTS := $(wildcard tests/test_first_cell.py tests/test_gpu.py tests/test_handwriting.py tests/models tests/draw tests/widgets tests/exercises $(COLAB_BROWSER) notebooks/*.ipynb)

.DEFAULT_GOAL := help
.PHONY: help lab test test-colab lessons bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  Options go in ARGS:  make lab ARGS="--no-browser --port 8899"'

lab: $(VENV)/lab.stamp ## open the course in JupyterLab
	@JUPYTER_CONFIG_PATH="$(CURDIR)/binder/jupyter:$$JUPYTER_CONFIG_PATH" \
	    $(VENV)/bin/jupyter lab --LabApp.default_url=/lab/tree/$(FIRST_LESSON) $(ARGS)

test: $(VENV)/test.stamp ## prove every word: unit tests, then each lesson run and compared
	@$(VENV)/bin/python -m pytest $(ARGS)

test-colab: $(COLAB)/test.stamp ## the student's side again, on Colab's own versions
	@$(COLAB)/bin/python -m pytest $(COLAB_TESTS) $(ARGS)

lessons: $(VENV)/test.stamp ## write kept code into the lessons, run them, tidy them up
	@$(VENV)/bin/python -m course_utils.authoring lessons $(ARGS)

bench: $(VENV)/test.stamp ## measure; print a table and keep it in tests/benchmarks/result.md
	@$(VENV)/bin/python tests/benchmarks/bench.py $(ARGS)

clean: ## remove the environments and caches (never a notebook, never your progress)
	rm -rf $(VENV) $(COLAB) *.egg-info .pytest_cache .hypothesis

# The stamps depend on pyproject.toml: when it changes, the next target installs again.

$(VENV)/lab.stamp: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the course into $(VENV): about 500 MB to fetch the first time, some minutes."
	@$(VENV)/bin/python -m pip install -qq -e ".[cpu,detection,lab]"
	@touch $@

$(VENV)/test.stamp: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the course and its tests into $(VENV): about 600 MB to fetch the first time, some minutes."
	@$(VENV)/bin/python -m pip install -qq -e ".[cpu,test]"
	@touch $(VENV)/lab.stamp $@

# As on Colab, the course itself is not installed there: the first cell of a lesson has to find it.
$(COLAB)/test.stamp: pyproject.toml .ci/colab-constraints.txt | $(COLAB)/bin/python
	@echo "Installing Colab's versions into $(COLAB): about 600 MB to fetch the first time, some minutes."
	@$(COLAB)/bin/python -m pip install -qq -c .ci/colab-constraints.txt -e ".[cpu,test]"
	@$(COLAB)/bin/python -m pip uninstall -qq -y cnn-course
	@touch $@

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info[:2] in ((3, 11), (3, 12), (3, 13)) or sys.exit( \
	    "The course needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is %d.%d: name another one, " \
	    "such as  make PYTHON=python3.12 $(MAKECMDGOALS)" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear $* || { rm -rf $*; echo "Python could not make an environment: \
	on Debian and Ubuntu,  apt install python3-venv  adds what is missing."; exit 1; }
