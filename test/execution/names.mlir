// Names that C++ would not take as they are: keywords, names of the standard library and of the emitted code itself,
// characters that MLIR allows. Functions, too.

// RUN: %python %S/check_agreement.py %s %t --sizes 0=5 --types f32 f64
// RUN: normc %s --emit=cpp | g++ -std=c++17 -Wall -Wextra -Werror -O2 -fopenmp -c -x c++ -o %t.o -

!x = tensor<?x3xf32>

func.func @main(%int: !x, %double: !x) -> !x {
  %return-1 = norm.add %int, %double : !x, !x
  %a.b = norm.mul %return-1, %int : !x, !x
  %a$b = norm.tanh %a.b : !x
  %a_b = norm.neg %a$b : !x
  %a-b = norm.sub %a_b, %a.b : !x, !x
  return %a-b : !x
}
norm.gradient @main_grad of @main wrt [0, 1]

// Names of the loops, the extents and the arguments that the emitted functions have themselves.
func.func @exp(%i0: !x, %n0: !x, %threads: !x, %context: !x) -> (!x, !x) {
  %i1 = norm.mul %i0, %n0 : !x, !x
  %n1 = norm.exp %i1 : !x
  %sum = norm.mul %n1, %threads : !x, !x
  %total = norm.mean %sum over [0] : !x
  %std = norm.add %total, %context : tensor<1x3xf32>, !x
  %Sum = norm.sub %std, %sum : !x, !x
  return %Sum, %std : !x, !x
}
norm.gradient @exp_grad of @exp wrt [0, 1, 2, 3]

// Names that are the same once escaped, or that meet a function's.
func.func @same(%x-1: !x, %x_1: !x, %x.1: !x, %same: !x) -> !x {
  %normc_same = norm.mul %x-1, %x_1 : !x, !x
  %same_grad = norm.mul %x.1, %same : !x, !x
  %x$1 = norm.sub %normc_same, %same_grad : !x, !x
  %out = norm.square %x$1 : !x
  return %out : !x
}
norm.gradient @same_grad of @same wrt [3, 2, 1, 0]

func.func @std(%_: !x, %__x: !x, %_X: !x, %NULL: !x, %uint64_t: !x, %INFINITY: !x, %errno: !x) -> !x {
  %size_t = norm.mul %_, %__x : !x, !x
  %max = norm.mul %_X, %NULL : !x, !x
  %out_of_memory = norm.mul %uint64_t, %INFINITY : !x, !x
  %Buffer = norm.add %size_t, %max : !x, !x
  %assert = norm.add %Buffer, %out_of_memory : !x, !x
  %linux = norm.add %assert, %errno : !x, !x
  %unix = norm.abs %linux : !x
  return %unix : !x
}
norm.gradient @std_grad of @std wrt [0, 1, 2, 3, 4, 5, 6]

// Numbers for names: nobody named these.
func.func @unnamed(%0: !x, %1: !x) -> !x {
  %2 = norm.mul %0, %1 : !x, !x
  %3 = norm.sigmoid %2 : !x
  return %3 : !x
}
norm.gradient @unnamed_grad of @unnamed wrt [0, 1]

func.func @"batch norm!"(%x: !x) -> !x {
  %y = norm.batch_norm %x over [0] : !x
  return %y : !x
}
norm.gradient @"its gradient?" of @"batch norm!" wrt [0]

func.func @"*/ // \\ %s"(%x: !x) -> !x {
  %y = norm.square %x : !x
  return %y : !x
}

// Cases that differ, and functions whose names are the same once escaped.
func.func @a.b(%x: !x, %X: !x) -> !x {
  %y = norm.sub %x, %X : !x, !x
  return %y : !x
}
func.func @a_b(%x: !x, %X: !x) -> !x {
  %y = norm.add %x, %X : !x, !x
  return %y : !x
}
func.func @a$b(%x: !x, %X: !x) -> !x {
  %y = norm.mul %x, %X : !x, !x
  return %y : !x
}

// Names in capitals could be macros', others begin as those of emitted code; what is saved has one in two functions.
!rows = tensor<?x1xf32>
!columns = tensor<1x3xf32>

func.func @capitals(%X: !x, %NORMC_X: !columns) -> (!x, !columns) {
  %C = norm.mean %X over [0] : !x
  %D = norm.sub %X, %C : !x, !columns
  %SQ_2 = norm.square %D : !x
  %VAR = norm.mean %SQ_2 over [0] : !x
  %INV_STD = norm.rsqrt %VAR : !columns
  %XHAT = norm.mul %D, %INV_STD : !x, !columns
  %OUT = norm.mul %XHAT, %NORMC_X : !x, !columns
  return %OUT, %C : !x, !columns
}
norm.gradient @capitals_grad of @capitals wrt [0, 1]

func.func @prefixes(%fenv_t: !x, %normcx: !columns) -> (!x, !rows) {
  %first_i1 = norm.mean %fenv_t over [1] : !x
  %callers = norm.sub %fenv_t, %first_i1 : !x, !rows
  %task = norm.square %callers : !x
  %here = norm.mean %task over [1] : !x
  %kept_0 = norm.rsqrt %here : !rows
  %all_kept_0 = norm.mul %callers, %kept_0 : !x, !rows
  %normc_prefixes = norm.mul %all_kept_0, %normcx : !x, !columns
  return %normc_prefixes, %first_i1 : !x, !rows
}
norm.gradient @prefixes_grad of @prefixes wrt [0, 1]
