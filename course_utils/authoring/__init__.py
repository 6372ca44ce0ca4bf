"""For maintainers: write, execute and judge the lessons, and build what is made from them.

`python -m course_utils.authoring` lists the commands. Nothing in the course imports this package.
"""
