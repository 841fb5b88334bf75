"""What recurs among incidents and service requests: the evidence, the problem, the remedy and whether it helped."""
