"""References and slips of each lesson; a student edition has their recorded results instead."""
