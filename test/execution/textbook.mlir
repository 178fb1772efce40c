// Batch norm from raw moments, clamped, with a sum times 1/n: on the device as in the reference, forward and backward.

// RUN: %python %S/check_agreement.py %s %t --types f32 f64

!x = tensor<12x4xf32>
!g = tensor<1x4xf32>

func.func @clamped(%x: !x, %gamma: !g, %beta: !g) -> !x {
  %n = norm.constant 0.083333333333333333 : tensor<1x1xf32>
  %s = norm.sum %x over [0] : !x
  %mu = norm.mul %s, %n : !g, tensor<1x1xf32>
  %xx = norm.square %x : !x
  %ss = norm.sum %xx over [0] : !x
  %m2 = norm.mul %ss, %n : !g, tensor<1x1xf32>
  %mm = norm.square %mu : !g
  %raw = norm.sub %m2, %mm : !g, !g
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %var = norm.max %raw, %zero : !g, tensor<1x1xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %vareps = norm.add %var, %eps : !g, tensor<1x1xf32>
  %ivar = norm.rsqrt %vareps : !g
  %a = norm.mul %gamma, %ivar : !g, !g
  %ma = norm.mul %mu, %a : !g, !g
  %b = norm.sub %beta, %ma : !g, !g
  %xa = norm.mul %x, %a : !x, !g
  %y = norm.add %xa, %b : !x, !g
  return %y : !x
}
norm.gradient @clamped_grad of @clamped wrt [0, 1, 2]

// One NaN poisons its own feature, through the clamp as well, and no other.
// RUN: %python %S/npy.py make %t.x.npy f32 12x4 --values 0,4,5,3,7,nan,6,1,2,0,4,5,3,7,8,6,1,2,0,4,5,3,7,8,6,1,2,0,4,5,3,7,8,6,1,2,0,4,5,3,7,8,6,1,2,0,4,5
// RUN: normc-run %s --function=clamped --input=@%t.x.npy --input=1x4xf32=1 --input=1x4xf32=0 --output=@%t.y.npy
// RUN: %python %S/npy.py print %t.y.npy | FileCheck %s
// CHECK: f32 12x4 {{[-0-9.e]+}} nan {{[-0-9.e]+}} {{[-0-9.e]+}} {{[-0-9.e]+}} nan {{[-0-9.e]+}}
