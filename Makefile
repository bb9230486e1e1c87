# Aliases of the one door; without make, type the same words after `python3 dev.py`.
# Arguments: make test ARGS="-k bids"
.PHONY: setup demo test check bench lock openapi serve

setup demo test check bench lock openapi serve:
	@python3 dev.py $@ $(ARGS)
