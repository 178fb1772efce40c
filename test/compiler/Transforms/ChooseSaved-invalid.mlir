// What cannot be split.
// RUN: normc-opt %s --differentiate --choose-saved --split-input-file --verify-diagnostics

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-note@+1 {{it is taken here}}
func.func @g_forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-error@+1 {{the gradient @g needs the name @g_forward, which is taken}}
norm.gradient @g of @f wrt [0]

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-error@+1 {{the gradient @g needs the name @g_backward, which is taken}}
norm.gradient @g of @f wrt [0]
// expected-note@+1 {{it is taken here}}
norm.gradient @g_backward of @f wrt [0]

// -----

// It does not matter which comes first.
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-error@+1 {{the gradient @g needs the name @g_backward, which is taken}}
norm.gradient @g of @f wrt [0]
// expected-note@+1 {{it is taken here}}
func.func @g_backward(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// `?` stands for 4 and for 5.
// expected-error@+1 {{extents that must agree differ: along axis 0 this value has 5, but ops connect it to an extent of 4}}
func.func @f(%x: tensor<?xf32>, %a: tensor<4xf32>, %b: tensor<5xf32>) -> (tensor<4xf32>, tensor<5xf32>) {
  %y = norm.add %x, %a : tensor<?xf32>, tensor<4xf32>
  %z = norm.add %x, %b : tensor<?xf32>, tensor<5xf32>
  return %y, %z : tensor<4xf32>, tensor<5xf32>
}
norm.gradient @g of @f wrt [0]
