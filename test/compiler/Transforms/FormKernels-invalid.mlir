// What no kernel can be made of.
// RUN: normc-opt %s --form-kernels --split-input-file --verify-diagnostics

// expected-error@+2 {{argument 1 of @sharded is sharded, but what crosses devices is not written out}}
// expected-note@+1 {{run distribute first}}
func.func @sharded(%g: tensor<1x4xf32>, %x: tensor<8x4xf32> {norm.shard = 0 : i64}) -> tensor<8x4xf32> {
  %y = norm.neg %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

func.func @layer(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // expected-error@+2 {{norm.relu is no primitive, so no kernel can be made of it}}
  // expected-note@+1 {{run expand-layers first}}
  %y = norm.relu %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

func.func @foreign(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // expected-error@+2 {{a graph consists of norm's ops, but this is math.exp}}
  // expected-note@+1 {{the ops are listed in dialects/Norm/README.md}}
  %y = math.exp %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

// expected-error@+2 {{function @no_body has no body}}
// expected-note@+1 {{a graph is compiled as a whole, so every function of it must be written out}}
func.func private @no_body(tensor<8x4xf32>) -> tensor<8x4xf32>

// -----

// `?` cannot be 4 and 5.
// expected-error@+1 {{extents that must agree differ: along axis 0 this value has 5, but ops connect it to an extent of 4}}
func.func @conflict(%x: tensor<?x1xf32>, %a: tensor<4x1xf32>, %b: tensor<5x1xf32>) -> (tensor<4x1xf32>, tensor<5x1xf32>) {
  %y = norm.add %x, %a : tensor<?x1xf32>, tensor<4x1xf32>
  %z = norm.mul %x, %b : tensor<?x1xf32>, tensor<5x1xf32>
  return %y, %z : tensor<4x1xf32>, tensor<5x1xf32>
}

// -----

// The same by way of values between.
// expected-error@+1 {{extents that must agree differ: along axis 0 this value has 5, but ops connect it to an extent of 4}}
func.func @conflict_between(%x: tensor<?xf32>, %y: tensor<?xf32>, %a: tensor<4xf32>, %b: tensor<5xf32>) -> tensor<5xf32> {
  %s = norm.add %x, %y : tensor<?xf32>, tensor<?xf32>
  %t = norm.add %y, %a : tensor<?xf32>, tensor<4xf32>
  %u = norm.add %s, %b : tensor<?xf32>, tensor<5xf32>
  return %u : tensor<5xf32>
}
