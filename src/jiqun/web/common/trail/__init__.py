"""The trail: who changed what, and who read a firm's confidential figures."""
