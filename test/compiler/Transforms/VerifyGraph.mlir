// Checks what no single op can see.
// RUN: normc-opt %s --verify-graph --split-input-file --verify-diagnostics

// RUN: echo '// nothing' | not normc-opt --verify-graph 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: the file has no function
// EMPTY: note: write func.func

// What is a graph passes, and stays as it is.
// RUN: normc-opt %examples/batch_norm.mlir --verify-graph | FileCheck %s --check-prefix=GRAPH
// GRAPH: func.func @batch_norm
// GRAPH: norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// expected-error@+1 {{a file holds functions and gradients, but this is builtin.module}}
module {
}

// -----

// expected-error@+2 {{function @no_body has no body}}
// expected-note@+1 {{a graph is compiled as a whole, so every function of it must be written out}}
func.func private @no_body(tensor<4xf32>) -> tensor<4xf32>

// -----

// expected-error@+1 {{function @no_result returns nothing}}
func.func @no_result(%x: tensor<4xf32>) {
  return
}

// -----

// expected-error@+1 {{argument 1 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is 'f32'}}
func.func @scalar(%x: tensor<4xf32>, %s: f32) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{argument 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is 'tensor<f32>'}}
func.func @rank_0(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}

// -----

// expected-error@+1 {{argument 0 must have fewer than 2^47 bytes, which is all that a process can address, but its type is 'tensor<0x35184372088832xf32>'}}
func.func @too_large(%x: tensor<0x35184372088832xf32>) -> tensor<0x35184372088832xf32> {
  return %x : tensor<0x35184372088832xf32>
}

// -----

func.func @too_large_together(%x: tensor<4294967296x1xf32>, %y: tensor<1x4294967296xf32>)
    -> tensor<4294967296x4294967296xf32> {
  // expected-error@+1 {{the result must have fewer than 2^47 bytes, which is all that a process can address, but its type is 'tensor<4294967296x4294967296xf32>'}}
  %z = norm.add %x, %y : tensor<4294967296x1xf32>, tensor<1x4294967296xf32>
  return %z : tensor<4294967296x4294967296xf32>
}

// -----

// expected-error@+1 {{argument 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is 'tensor<4xi8>'}}
func.func @element(%x: tensor<4xi8>) -> tensor<4xi8> {
  return %x : tensor<4xi8>
}

// -----

// expected-error@+1 {{argument 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is 'tensor<4xf32, 1 : i32>'}}
func.func @encoding(%x: tensor<4xf32, 1 : i32>) -> tensor<4xf32, 1 : i32> {
  return %x : tensor<4xf32, 1 : i32>
}

// -----

// expected-error@+2 {{values of a function must have one rank, but argument 1 has rank 1 where the values before it have 2}}
// expected-note@+1 {{write an extent of 1 for an axis along which a value does not vary}}
func.func @rank(%x: tensor<4x5xf32>, %g: tensor<5xf32>) -> tensor<4x5xf32> {
  return %x : tensor<4x5xf32>
}

// -----

func.func @rank_of_constant(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  // expected-error@+2 {{values of a function must have one rank, but the result has rank 1 where the values before it have 2}}
  // expected-note@+1 {{write an extent of 1 for an axis along which a value does not vary}}
  %c = norm.constant 1.0 : tensor<1xf32>
  return %x : tensor<4x5xf32>
}

// -----

func.func @foreign(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+2 {{a graph consists of norm's ops, but this is arith.addf}}
  // expected-note@+1 {{the ops are listed in dialects/Norm/README.md}}
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// A call is no op of norm's: a graph is one function.
func.func @callee(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func @call(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+2 {{a graph consists of norm's ops, but this is func.call}}
  // expected-note@+1 {{the ops are listed in dialects/Norm/README.md}}
  %y = call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error@+1 {{function @blocks must be straight-line, but it has 2 blocks}}
func.func @blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
^other:
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'sharding' is not one of func.func}}
func.func @function_attribute(%x: tensor<4xf32>) -> tensor<4xf32> attributes {sharding = 0} {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'func.shard' on argument 1 is not one of norm's}}
func.func @argument_attribute(%y: tensor<4xf32>, %x: tensor<4xf32> {func.shard = 0}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'func.updates' on result 0 is not one of norm's}}
func.func @result_attribute(%x: tensor<4xf32>) -> (tensor<4xf32> {func.updates = 0}) {
  return %x : tensor<4xf32>
}

// -----

func.func @return_attribute(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{attribute 'fast' is not one of func.return}}
  return {fast} %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'func.devices' is not one of builtin.module}}
module attributes {func.devices = 4} {
  func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

// expected-error@+1 {{a file holds functions and gradients, but this is kernel.plan}}
kernel.plan @plan() {
  kernel.return
}

// -----

// What passes write is not for users.
// expected-error@+1 {{attribute 'norm.distributed' is written by passes, not by users}}
func.func @distributed(%x: tensor<4xf32>) -> tensor<4xf32> attributes {norm.distributed} {
  return %x : tensor<4xf32>
}

// -----

func.func @merge(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error@+2 {{a graph consists of norm's ops, but this is norm.merge}}
  // expected-note@+1 {{the ops are listed in dialects/Norm/README.md}}
  %y = norm.merge sum %p of %x over [0] : tensor<1x4xf32>, tensor<?x4xf32>
  return %y : tensor<1x4xf32>
}
