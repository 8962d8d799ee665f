# It has the instructions of another house.
s/a << 9 | a >> 23/a << 11 | a >> 21/; s/0x72b2740b/0x12345679/
