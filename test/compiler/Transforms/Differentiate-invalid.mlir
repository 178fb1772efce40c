// What has no gradient.
// RUN: normc-opt %s --differentiate --split-input-file --verify-diagnostics

func.func @layer(%x: tensor<4xf32>) -> tensor<4xf32> {
  %h = norm.exp %x : tensor<4xf32>
  // expected-error@+2 {{norm.relu has no adjoint, so its gradient cannot be derived}}
  // expected-note@+1 {{run expand-layers first}}
  %y = norm.relu %h : tensor<4xf32>
  return %y : tensor<4xf32>
}
norm.gradient @layer_grad of @layer wrt [0]

// -----

func.func @foreign(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+2 {{a graph consists of norm's ops, but this is arith.addf}}
  // expected-note@+1 {{the ops are listed in dialects/Norm/README.md}}
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
norm.gradient @foreign_grad of @foreign wrt [0]

// -----

// expected-error@+2 {{function @no_body has no body}}
// expected-note@+1 {{a graph is compiled as a whole, so every function of it must be written out}}
func.func private @no_body(tensor<4xf32>) -> tensor<4xf32>
norm.gradient @no_body_grad of @no_body wrt [0]

// -----

// A plan has arguments and results, but its kernels are no graph.
kernel.plan @plan(%x: tensor<4xf32> {kernel.name = "x", kernel.extents = array<i64: 4>}) {
  kernel.return
}
// expected-error@+1 {{'norm.gradient' op is of @plan, which is not a function}}
norm.gradient @plan_grad of @plan wrt [0]
