// Arrays that do not fit: the message names the argument and both extents. Both devices use the same words.

!x = tensor<?x4x?xf32>

func.func @f(%x: !x, %gamma: tensor<1x4x1xf32>, %other: tensor<?x1x?xf32>) -> !x {
  %a = norm.mul %x, %gamma : !x, tensor<1x4x1xf32>
  %y = norm.add %a, %other : !x, tensor<?x1x?xf32>
  return %y : !x
}
norm.gradient @f_grad of @f wrt [0, 1, 2]

// RUN: not normc-run %s --function=f --input=3x5x2xf32=0 --input=1x4x1xf32=0 --input=3x1x2xf32=0 2>&1 | FileCheck %s --check-prefix=FIXED
// RUN: not normc-run %s --device=reference --function=f --input=3x5x2xf32=0 --input=1x4x1xf32=0 --input=3x1x2xf32=0 2>&1 | FileCheck %s --check-prefix=FIXED
// FIXED: error: argument 'x' is ?x4x?, but the array is 3x5x2

// RUN: not normc-run %s --function=f --input=3x4xf32=0 --input=1x4x1xf32=0 --input=3x1x2xf32=0 2>&1 | FileCheck %s --check-prefix=RANK
// RANK: error: argument 'x' {{.*}}rank

// RUN: not normc-run %s --function=f --input=3x4x2xf32=0 --input=1x5x1xf32=0 --input=3x1x2xf32=0 2>&1 | FileCheck %s --check-prefix=STATIC
// STATIC: error: argument 'gamma' is 1x4x1, but the array is 1x5x1

// An axis that two arguments share.
// RUN: not normc-run %s --function=f --input=3x4x2xf32=0 --input=1x4x1xf32=0 --input=3x1x9xf32=0 2>&1 | FileCheck %s --check-prefix=SHARED
// RUN: not normc-run %s --device=reference --function=f --input=3x4x2xf32=0 --input=1x4x1xf32=0 --input=3x1x9xf32=0 2>&1 | FileCheck %s --check-prefix=SHARED
// SHARED: error: argument 'other' {{.*}}9{{.*}}argument 'x'{{.*}}2

// `?` is a varying axis, which never broadcasts.
// RUN: not normc-run %s --function=f --input=3x4x2xf32=0 --input=1x4x1xf32=0 --input=1x1x2xf32=0 2>&1 | FileCheck %s --check-prefix=ONE
// ONE: error: argument 'other' {{.*}}1{{.*}}argument 'x'{{.*}}3

// A cotangent has its result's extents.
// RUN: not normc-run %s --function=f_grad --input=3x4x2xf32=0 --input=1x4x1xf32=0 --input=3x1x2xf32=0 --input=2x4x2xf32=0 2>&1 | FileCheck %s --check-prefix=COTANGENT
// COTANGENT: error: argument 'dy' {{.*}}2{{.*}}3

// What fits: with extents all known, 1s may be dropped, and axes merged or split.
// RUN: normc-run %s --function=f --input=3x4x2xf32=0 --input=4xf32=0 --input=3x1x2xf32=0
// RUN: normc-run %s --function=f --input=3x4x2xf32=0 --input=2x2xf32=0 --input=3x1x2xf32=0
