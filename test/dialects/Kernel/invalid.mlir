// What the kernel dialect refuses: one case for each numbered constraint of each op.
// RUN: normc-opt %s --split-input-file --verify-diagnostics

// plan (c1): the types
kernel.plan @plan_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  // expected-error@+1 {{'kernel.return' op must return the types of the plan's results}}
  kernel.return
}

// -----

// plan (c1): the end
// expected-error@+1 {{'kernel.plan' op must end with kernel.return}}
kernel.plan @plan_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  %z = arith.constant 0.0 : f32
}

// -----

// plan: a plan has a body
// expected-error@+1 {{'kernel.plan' op has no body}}
kernel.plan @plan()

// -----

// plan (c2): an argument
kernel.plan @plan_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.return' op must return results of kernels, each once}}
  kernel.return %x : tensor<4x8xf32>
}

// -----

// plan (c2): twice
kernel.plan @plan_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}, tensor<4x8xf32> {kernel.name = "z", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  // expected-error@+1 {{'kernel.return' op must return results of kernels, each once}}
  kernel.return %y, %y : tensor<4x8xf32>, tensor<4x8xf32>
}

// -----

// plan (c3): an argument without extents
// expected-error@+1 {{'kernel.plan' op must have kernel.name and kernel.extents on argument 0}}
kernel.plan @plan_c3(%x: tensor<4x8xf32> {kernel.name = "x"})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// plan (c3): a result without a name
// expected-error@+1 {{'kernel.plan' op must have kernel.name and kernel.extents on result 0}}
kernel.plan @plan_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// plan (c3): a name that is no string
// expected-error@+1 {{attribute 'kernel.name' = 1 : i64 is neither kernel.name, a string, nor kernel.extents, an array of i64}}
kernel.plan @plan_c3(%x: tensor<4x8xf32> {kernel.name = 1, kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// plan (c3): extents that are no list
// expected-error@+1 {{attribute 'kernel.extents' = 4 : i64 is neither kernel.name, a string, nor kernel.extents, an array of i64}}
kernel.plan @plan_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = 4}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// plan: an attribute of the dialect that is none
// expected-error@+1 {{attribute 'kernel.extent' = 4 : i64 is neither kernel.name, a string, nor kernel.extents, an array of i64}}
kernel.plan @plan(%x: tensor<4x8xf32> {kernel.extent = 4})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// return
func.func @return() {
  // expected-error@+1 {{'kernel.return' op expects parent op 'kernel.plan'}}
  kernel.return
}

// -----

// kernel
func.func @kernel() {
  // expected-error@+1 {{'kernel.kernel' op expects parent op 'kernel.plan'}}
  kernel.kernel "k" space [] parallel [] {
  }
  return
}

// -----

// kernel (c1): not in the space
kernel.plan @kernel_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must list parallel axes of its space in ascending order}}
  %y = kernel.kernel "y" space [4, 8] parallel [0, 2] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c1): negative
kernel.plan @kernel_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must list parallel axes of its space in ascending order}}
  %y = kernel.kernel "y" space [4, 8] parallel [-1, 0] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c1): not ascending
kernel.plan @kernel_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must list parallel axes of its space in ascending order}}
  %y = kernel.kernel "y" space [4, 8] parallel [1, 0] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c1): repeated
kernel.plan @kernel_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must list parallel axes of its space in ascending order}}
  %y = kernel.kernel "y" space [4, 8] parallel [1, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c2): the rank of what is loaded
kernel.plan @kernel_c2(%v: tensor<8xf32> {kernel.name = "v", kernel.extents = array<i64: 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    // expected-error@+1 {{'kernel.load' op reads 'tensor<8xf32>', which does not fit the space of its kernel}}
    %0 = kernel.load %v : tensor<8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c2): the extent of what is loaded
kernel.plan @kernel_c2(%v: tensor<4x9xf32> {kernel.name = "v", kernel.extents = array<i64: 4, 9>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    // expected-error@+1 {{'kernel.load' op reads 'tensor<4x9xf32>', which does not fit the space of its kernel}}
    %0 = kernel.load %v : tensor<4x9xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c2): what is stored
kernel.plan @kernel_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x7xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 7>}) {
  // expected-error@+1 {{'kernel.kernel' op has a result of type 'tensor<4x7xf32>', which does not fit its space}}
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x7xf32>
  kernel.return %y : tensor<4x7xf32>
}

// -----

// kernel (c3): never
kernel.plan @kernel_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must store result 0 once, but it is stored 0 times}}
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c3): twice
kernel.plan @kernel_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+1 {{'kernel.kernel' op must store result 0 once, but it is stored 2 times}}
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// sweep (c1): a parallel axis
kernel.plan @sweep_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must sweep axes of the kernel's space that are not parallel, in ascending order}}
    %s = kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c1): not in the space
kernel.plan @sweep_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must sweep axes of the kernel's space that are not parallel, in ascending order}}
    %s = kernel.sweep over [2] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c1): repeated
kernel.plan @sweep_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must sweep axes of the kernel's space that are not parallel, in ascending order}}
    %s = kernel.sweep over [0, 0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): more monoids than scalars
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must yield a scalar of f32 or f64 for each monoid}}
    %s, %t = kernel.sweep over [0] monoids [#kernel.monoid<sum>, #kernel.monoid<max>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64, f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): an integer
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must yield a scalar of f32 or f64 for each monoid}}
    %s = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.index 0
      kernel.yield %0 : i64
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): a float that nothing is computed in
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must yield a scalar of f32 or f64 for each monoid}}
    %s = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      %1 = arith.truncf %0 : f32 to f16
      kernel.yield %1 : f16
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): results of another type
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must have an f64 result for each monoid, and two for moments}}
    %t = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f32
    %s = arith.extf %t : f32 to f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): moments are two
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must have an f64 result for each monoid, and two for moments}}
    %s = kernel.sweep over [0] monoids [#kernel.monoid<moments>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep (c2): a mean is one
kernel.plan @sweep_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must have an f64 result for each monoid, and two for moments}}
    %s, %t = kernel.sweep over [0] monoids [#kernel.monoid<mean>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64, f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep: the end
kernel.plan @sweep(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op must end with kernel.yield}}
    %s = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep: a monoid that is none
kernel.plan @sweep(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+2 {{expected ::normc::kernel::Monoid to be one of: sum, max, min, mean, moments}}
    // expected-error@+1 {{failed to parse Kernel_MonoidAttr parameter 'value' which is to be a `::normc::kernel::Monoid`}}
    %s = kernel.sweep over [0] monoids [#kernel.monoid<product>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep: monoids that are none
kernel.plan @sweep(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    // expected-error@+1 {{'kernel.sweep' op attribute 'monoids' failed to satisfy constraint: monoids}}
    %s = kernel.sweep over [0] monoids [0 : i64] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// sweep: sweeps are not nested
kernel.plan @sweep(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    %s = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.sweep' op expects parent op 'kernel.kernel'}}
      kernel.sweep over [0] monoids [] {
        kernel.yield
      }
      kernel.yield %0 : f32
    } : f64
    kernel.store %s to 0 : f64
  } : tensor<1x8xf64>
  kernel.return %y : tensor<1x8xf64>
}

// -----

// store (c1): no such result
kernel.plan @store_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    // expected-error@+1 {{'kernel.store' op must store a result of its kernel}}
    kernel.store %0 to 1 : f32
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// store (c1): the element type
kernel.plan @store_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    %1 = arith.extf %0 : f32 to f64
    // expected-error@+1 {{'kernel.store' op stores 'f64' to a result of 'f32'}}
    kernel.store %1 to 0 : f64
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// store (c1): without a kernel
func.func @store_c1(%s: f32) {
  // expected-error@+1 {{'kernel.store' op must store a result of its kernel}}
  kernel.store %s to 0 : f32
  return
}

// -----

// accumulate (c1): outside of a sweep
kernel.plan @accumulate_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf32> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    // expected-error@+1 {{'kernel.accumulate' op must stand in a sweep whose axes come after the parallel ones}}
    kernel.accumulate %0 to 0 : f32
  } : tensor<1x8xf32>
  kernel.return %y : tensor<1x8xf32>
}

// -----

// accumulate (c1): a parallel axis behind the swept one
kernel.plan @accumulate_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x1xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 1>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [1] {
    kernel.sweep over [0] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.accumulate' op must stand in a sweep whose axes come after the parallel ones}}
      kernel.accumulate %0 to 0 : f32
      kernel.yield
    }
  } : tensor<4x1xf32>
  kernel.return %y : tensor<4x1xf32>
}

// -----

// accumulate (c2): no such result
kernel.plan @accumulate_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf32> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.accumulate' op must accumulate to a result of its kernel}}
      kernel.accumulate %0 to 1 : f32
      kernel.yield
    }
  } : tensor<1x8xf32>
  kernel.return %y : tensor<1x8xf32>
}

// -----

// accumulate (c2): a result that varies along a parallel axis
kernel.plan @accumulate_c2(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.accumulate' op accumulates to 'tensor<4x8xf32>', which varies along axis 0, not one of the sweep}}
      kernel.accumulate %0 to 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// accumulate (c3): a scalar that nothing is computed in
kernel.plan @accumulate_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xf32> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      %1 = arith.truncf %0 : f32 to f16
      // expected-error@+1 {{'kernel.accumulate' op must accumulate f32 or f64 to floating-point elements}}
      kernel.accumulate %1 to 0 : f16
      kernel.yield
    }
  } : tensor<1x8xf32>
  kernel.return %y : tensor<1x8xf32>
}

// -----

// accumulate (c3): a result of integers
kernel.plan @accumulate_c3(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<1x8xi32> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.accumulate' op must accumulate f32 or f64 to floating-point elements}}
      kernel.accumulate %0 to 0 : f32
      kernel.yield
    }
  } : tensor<1x8xi32>
  kernel.return %y : tensor<1x8xi32>
}

// -----

// keep (c1): outside of a sweep
kernel.plan @keep_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    // expected-error@+1 {{'kernel.keep' op must stand in a sweep and be the only one of its kernel that keeps slot 0}}
    kernel.keep %0 in 0 : f32
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// keep (c1): a slot that is taken
kernel.plan @keep_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      // expected-error@+1 {{'kernel.keep' op must stand in a sweep and be the only one of its kernel that keeps slot 0}}
      kernel.keep %0 in 0 : f32
      kernel.yield
    }
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.store %0 to 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kept (c1): another slot
kernel.plan @kept_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 1 : f32
      kernel.yield
    }
    kernel.sweep over [1] monoids [] {
      // expected-error@+1 {{'kernel.kept' op must read a slot in which an earlier sweep over the same axes keeps 'f32'}}
      %0 = kernel.kept 0 : f32
      kernel.store %0 to 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kept (c1): a later sweep
kernel.plan @kept_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      // expected-error@+1 {{'kernel.kept' op must read a slot in which an earlier sweep over the same axes keeps 'f32'}}
      %0 = kernel.kept 0 : f32
      kernel.store %0 to 0 : f32
      kernel.yield
    }
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kept (c1): another type
kernel.plan @kept_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.yield
    }
    kernel.sweep over [1] monoids [] {
      // expected-error@+1 {{'kernel.kept' op must read a slot in which an earlier sweep over the same axes keeps 'f64'}}
      %0 = kernel.kept 0 : f64
      %1 = arith.truncf %0 : f64 to f32
      kernel.store %1 to 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kept (c1): other axes
kernel.plan @kept_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [] {
    kernel.sweep over [0, 1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.yield
    }
    kernel.sweep over [1] monoids [] {
      // expected-error@+1 {{'kernel.kept' op must read a slot in which an earlier sweep over the same axes keeps 'f32'}}
      %0 = kernel.kept 0 : f32
      kernel.store %0 to 0 : f32
      kernel.yield
    }
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kept (c1): outside of a sweep
kernel.plan @kept_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0] {
    kernel.sweep over [1] monoids [] {
      %0 = kernel.load %x : tensor<4x8xf32>
      kernel.keep %0 in 0 : f32
      kernel.yield
    }
    // expected-error@+1 {{'kernel.kept' op must read a slot in which an earlier sweep over the same axes keeps 'f32'}}
    %0 = kernel.kept 0 : f32
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// index (c1): not in the space
kernel.plan @index_c1(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    // expected-error@+1 {{'kernel.index' op must name an axis of its kernel's space}}
    %i = kernel.index 2
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32>
  kernel.return %y : tensor<4x8xf32>
}

// -----

// index (c1): without a kernel
func.func @index_c1() {
  // expected-error@+1 {{'kernel.index' op must name an axis of its kernel's space}}
  %i = kernel.index 0
  return
}

// -----

// sigmoid (c1)
kernel.plan @half(%x: tensor<8xf16> {kernel.name = "x", kernel.extents = array<i64: 8>})
    -> (tensor<8xf16> {kernel.name = "y", kernel.extents = array<i64: 8>}) {
  %y = kernel.kernel "y" space [8] parallel [0] {
    %0 = kernel.load %x : tensor<8xf16>
    // expected-error@+1 {{'kernel.sigmoid' op operand #0 must be 32-bit float or 64-bit float, but got 'f16'}}
    %1 = kernel.sigmoid %0 : f16
    kernel.store %1 to 0 : f16
  } : tensor<8xf16>
  kernel.return %y : tensor<8xf16>
}

// -----

// kernel (c4): a certificate that somebody else wrote
kernel.plan @kernel_c4(%x: tensor<4x8xf32> {kernel.name = "x", kernel.extents = array<i64: 4, 8>})
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  // expected-error@+2 {{'kernel.kernel' op carries the certificate {read = "1"}, but its loads and stores come to {cache = "none", minimum_read = "128",}}
  // expected-note@+1 {{certificates are computed: take it away, or run certify-kernels}}
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32> {kernel.certificate = {read = "1"}}
  kernel.return %y : tensor<4x8xf32>
}

// -----

// kernel (c4): where the plan itself is not sound, that is what is said
// expected-error@+1 {{'kernel.plan' op must have kernel.name and kernel.extents on argument 0}}
kernel.plan @kernel_c4(%x: tensor<4x8xf32>)
    -> (tensor<4x8xf32> {kernel.name = "y", kernel.extents = array<i64: 4, 8>}) {
  %y = kernel.kernel "y" space [4, 8] parallel [0, 1] {
    %0 = kernel.load %x : tensor<4x8xf32>
    kernel.store %0 to 0 : f32
  } : tensor<4x8xf32> {kernel.certificate = {cache = "none", minimum_read = "128", minimum_written = "128", read = "128", streamed = ["?: 128 read", "y: 128 written"], written = "128"}}
  kernel.return %y : tensor<4x8xf32>
}

// -----

// collective (c1): moments are two
kernel.plan @collective_c1(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must have a partial result of f64, and a result of its type, for each monoid, and two for moments}}
  %all = kernel.collective "all" monoids [#kernel.monoid<moments>] counts [array<i64: -1>] joins [] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c1): another type
kernel.plan @collective_c1(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must have a partial result of f64, and a result of its type, for each monoid, and two for moments}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf32>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c2): what nobody has computed
kernel.plan @collective_c2(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>},
                          %w: tensor<1x8xf64> {kernel.name = "w", kernel.extents = array<i64: 1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must merge results of kernels or of collectives}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [] expected [] %w : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c3): no list
kernel.plan @collective_c3(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must have a list of counts for each monoid}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [] joins [] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c3): a sum is not counted
kernel.plan @collective_c3(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must have counts for mean and moments, and for no other monoid}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64: -1>] joins [] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c3): a symbol that the plan does not have
kernel.plan @collective_c3(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op counts along symbol 1, but its plan has 1 symbols}}
  %all = kernel.collective "all" monoids [#kernel.monoid<mean>] counts [array<i64: -2>] joins [] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c4): nothing is expected
kernel.plan @collective_c4(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must expect a number for each symbol that it joins}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [0] expected [] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c4): a symbol that the plan does not have
kernel.plan @collective_c4(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op must join symbols of its plan in ascending order}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [1] expected [-1] %here : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}

// -----

// collective (c5): bytes that somebody else counted
kernel.plan @collective_c5(%x: tensor<?x8xf32> {kernel.name = "x", kernel.extents = array<i64: -1, 8>})
    -> (tensor<1x8xf64> {kernel.name = "y", kernel.extents = array<i64: 1, 8>}) {
  %here = kernel.kernel "here" space [-1, 8] parallel [1] {
    %sum = kernel.sweep over [0] monoids [#kernel.monoid<sum>] {
      %0 = kernel.load %x : tensor<?x8xf32>
      kernel.yield %0 : f32
    } : f64
    kernel.store %sum to 0 : f64
  } : tensor<1x8xf64>
  // expected-error@+1 {{'kernel.collective' op carries "1" bytes, but it sends "64"}}
  %all = kernel.collective "all" monoids [#kernel.monoid<sum>] counts [array<i64>] joins [] expected [] %here {kernel.bytes = "1"} : (tensor<1x8xf64>) -> tensor<1x8xf64>
  kernel.return %here : tensor<1x8xf64>
}
