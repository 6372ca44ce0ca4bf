"""The pieces of a fully convolutional network: lesson 07 looks at one after the other.

`models.fcn` puts them together. Masks are whole numbers (height, width), a class for each pixel, 0
for the background; scores are logits (height, width, classes); batches first.

References: Long, Shelhamer and Darrell, Fully convolutional networks for semantic segmentation
(2015); Badrinarayanan and others, SegNet (2017), section 4, for the weights of rare classes.
"""
