"""What is too long for every run of the tests: `make soak`. The tests hold each part small."""
