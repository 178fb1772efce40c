// What is wrong with an attribute of an argument is said where the argument is.
//
// RUN: not normc %s --emit=graph 2>&1 | FileCheck %s
// CHECK: places.mlir:[[#@LINE+2]]:16: error: attribute 'norm.shard' is 5, but it must be at least 0 and less than the rank, 2
func.func @f(%x: tensor<4x8xf32>,
               %g: tensor<1x8xf32> {norm.shard = 5}) -> tensor<4x8xf32> {
  %y = norm.mul %x, %g : tensor<4x8xf32>, tensor<1x8xf32>
  return %y : tensor<4x8xf32>
}
