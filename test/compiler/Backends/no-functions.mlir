// RUN: normc %s --emit=cpp | FileCheck %s

// Where no function is called, none is defined.

// CHECK: #include <cmath>
// CHECK-NOT: bits_of
// CHECK: std::sqrt
// CHECK-NOT: {{_f(32|64)\(}}
func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %y = norm.sqrt %x : tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}
