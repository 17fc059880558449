"""What `epoch bench` measures with the loopback Discord and the labelled data of the tests."""
