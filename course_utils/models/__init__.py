"""The networks of the course, in Keras, and what can be read off them.

Importing this package loads no Keras: its modules do, when a network is first asked for.
"""
