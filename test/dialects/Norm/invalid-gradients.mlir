// What gradients and pairs refuse, constraint by constraint.
// RUN: normc-opt %s --split-input-file --verify-diagnostics

// gradient (c1): nothing has this name
// expected-error@+1 {{'norm.gradient' op is of @f, which is neither a function nor a gradient of this module}}
norm.gradient @gradient_c1 of @f wrt [0]

// -----

// gradient (c1): neither a function nor a gradient
module @f {
}
// expected-error@+1 {{'norm.gradient' op is of @f, which is neither a function nor a gradient but a builtin.module}}
norm.gradient @gradient_c1 of @f wrt [0]

// -----

// gradient (c1): its own function
// expected-error@+1 {{'norm.gradient' op is a gradient of itself}}
norm.gradient @gradient_c1 of @gradient_c1 wrt [0]

// -----

// gradient (c1): its own function, through another
// expected-error@+1 {{'norm.gradient' op is a gradient of itself, through @other}}
norm.gradient @gradient_c1 of @other wrt [0]
norm.gradient @other of @gradient_c1 wrt [0]

// -----

// gradient (c1): of one that is its own function
// expected-error@+1 {{'norm.gradient' op is a gradient of itself, through @b}}
norm.gradient @gradient_c1 of @b wrt [0]
norm.gradient @b of @c wrt [0]
norm.gradient @c of @b wrt [0]

// -----

func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c2): empty
// expected-error@+1 {{'norm.gradient' op must name at least one argument after wrt}}
norm.gradient @gradient_c2 of @f wrt []

// -----

// expected-note@+1 {{@f is here}}
func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c2): below 0
// expected-error@+1 {{'norm.gradient' op names argument -1 after wrt, but @f has 2 arguments, counted from 0}}
norm.gradient @gradient_c2 of @f wrt [-1]

// -----

// expected-note@+1 {{@f is here}}
func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c2): not less than the number of arguments
// expected-error@+1 {{'norm.gradient' op names argument 2 after wrt, but @f has 2 arguments, counted from 0}}
norm.gradient @gradient_c2 of @f wrt [0, 2]

// -----

func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c2): repeated
// expected-error@+1 {{'norm.gradient' op names argument 0 twice after wrt}}
norm.gradient @gradient_c2 of @f wrt [0, 1, 0]

// -----

func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xf32> {norm.updates = 0 : i64}) {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}
// expected-note@+1 {{@first is here}}
norm.gradient @first of @f wrt [0]
// gradient (c2): the joint function has one cotangent, as state has none
// expected-error@+1 {{'norm.gradient' op names argument 3 after wrt, but @first has 3 arguments, counted from 0}}
norm.gradient @gradient_c2 of @first wrt [2, 3]

// -----

func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c3)
// expected-error@+1 {{'norm.gradient' op names argument 1 after wrt, which has no gradient: its type is 'tensor<4xi32>'}}
norm.gradient @gradient_c3 of @f wrt [0, 1]

// -----

func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c4)
// expected-error@+1 {{'norm.gradient' op must have save = "auto" or save = "all", but it is "none"}}
norm.gradient @gradient_c4 of @f wrt [0] {save = "none"}

// -----

// expected-note@+1 {{see existing symbol definition here}}
func.func @f(%x: tensor<4xf32>, %i: tensor<4xi32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient: the name is taken
// expected-error@+1 {{redefinition of symbol named 'f'}}
norm.gradient @f of @f wrt [0]

// -----

// gradient (c1): of a gradient of nothing
// expected-error@+1 {{'norm.gradient' op is of @first, but @first is of @nothing, which is neither a function nor a gradient}}
norm.gradient @gradient_c1 of @first wrt [0]
norm.gradient @first of @nothing wrt [0]

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
// gradient (c2): of a gradient that names no argument
// expected-error@+1 {{'norm.gradient' op is of @first, but @first names argument 7 after wrt, of 1 arguments, counted from 0}}
norm.gradient @gradient_c2 of @first wrt [0]
norm.gradient @first of @f wrt [7]

// -----

// pair (c1): too few names
// expected-error@+1 {{'norm.pair' op must have a name and extents for each of 2 values, but it has 1 names and 2 lists of extents}}
norm.pair @g of @g_forward, @g_backward : (tensor<4xf32>) -> tensor<4xf32>
  names ["x"] extents [array<i64: 4>, array<i64: 4>]

// -----

// pair (c1): too many extents
// expected-error@+1 {{'norm.pair' op must have a name and extents for each of 2 values, but it has 2 names and 3 lists of extents}}
norm.pair @g of @g_forward, @g_backward : (tensor<4xf32>) -> tensor<4xf32>
  names ["x", "y"] extents [array<i64: 4>, array<i64: 4>, array<i64: 4>]
