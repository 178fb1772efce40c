"""The suite of texts: each file says in its RUN lines what is run on it."""

import importlib.util
import os

import lit.formats

config.name = "normc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["runtime"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.normc_build, "test", "lit")

# normc's tools, and FileCheck and not, which are not on a user's PATH.
folders = [config.normc_tools, config.llvm_tools, config.environment["PATH"]]
if config.ptxas:
    folders.append(os.path.dirname(config.ptxas))
config.environment["PATH"] = os.pathsep.join(folders)
# A sanitizer that finds something must not look like bad input, which exits with 1.
config.environment["ASAN_OPTIONS"] = "exitcode=99:detect_leaks=0"
config.environment["UBSAN_OPTIONS"] = "halt_on_error=1:exitcode=99"
# Ranks compare what they do; the machine may be busy.
config.environment["NORMC_CHECK_COLLECTIVES"] = "60"
# What was compiled is kept beside the tests, not in the user's cache.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")
for name in ("CUDA_VISIBLE_DEVICES", "CXX", "HOME", "OMP_NUM_THREADS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions += [
    ("%python", f'"{config.python}"'),
    ("%examples", os.path.join(config.normc_source, "examples")),
    ("%build", config.normc_build),
    ("%mpiexec", f'"{config.mpiexec}" --oversubscribe'),
    # Tests may run as root.
    ("%mpi_environment", "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"),
    ("%dialects", os.path.join(config.normc_source, "dialects")),
    # A name in a pattern means what it means in its own function only, unless it begins with $.
    (r"\bFileCheck\b", "FileCheck --enable-var-scope"),
]

# What a test may ask for with REQUIRES.
for feature, present in [
    ("gpu", os.path.exists("/dev/nvidiactl")),
    ("cuda-toolkit", config.ptxas),
    ("mpi", config.mpiexec),
    ("clang", config.clang),
    ("pytorch", importlib.util.find_spec("torch")),
]:
    if present:
        config.available_features.add(feature)
