"""What ``jejaring check-certificate`` does: the stand-alone checker, run on two files."""

from app.allocation import check_certificate


def check_certificate_files(problem_path: str, result_path: str) -> int:
    """Check the certificate of the result in one file against the problem in another.

    Parameters
    ----------
    problem_path, result_path
        Names of files; ``-``, for one of the two, is standard input. What is packed by gzip is
        unpacked.

    Returns
    -------
    int
        0: the certificate holds; what is proven stands on standard output. 1: it does not; there
        it says why.
    """
    return check_certificate.main([problem_path, result_path])
