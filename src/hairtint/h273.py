"""What the numbers of a video mean, by the code points of ITU-T H.273."""

LIMITED, FULL = 1, 2  # ranges
BT709, BT601 = 1, 6  # matrices

_HD = 720


def guessed(height: int) -> int:
    """The matrix that players take a picture without a tag for, by the height at which it is shown."""
    return BT709 if height >= _HD else BT601


def swscale(matrix: int) -> int:
    """The number that FFmpeg's swscale knows a matrix by."""
    return 5 if matrix == BT601 else matrix
