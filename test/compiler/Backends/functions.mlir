// RUN: normc %s --emit=cpp | FileCheck %s
// RUN: normc %s -o %t.so

// What is called is defined once, before the kernels, from the conversions that it needs; nothing else is.

// CHECK-COUNT-2: inline uint{{[0-9]+}}_t bits_of(
// CHECK: // 2^n e^r, {{.*}}; within {{[0-9.]+}} units in the last place.
// CHECK-NEXT: inline double exp_f64(double x) {
// CHECK: const double n = shifted - 6755399441055744.0;
// CHECK: std::fma(r * r, p{{.*}}, r)
// CHECK: inline double sigmoid_f64(double x) {
// CHECK: inline double pow_f64(double x, double y) {
// CHECK-NOT: inline
// CHECK-NOT: std::exp

// A value of a function's name does not hide it.
// CHECK: // exp_f64_ = exp(x)
// CHECK-NEXT: // s = sigmoid(x)
// CHECK-NEXT: // y = pow(exp_f64_, s)
// CHECK: const double exp_f64_ = exp_f64({{.*}});
// CHECK-NEXT: const double s = sigmoid_f64({{.*}});
// CHECK-NEXT: pow_f64(exp_f64_, s)
func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %exp_f64 = norm.exp %x : tensor<?x8xf32>
  %s = norm.sigmoid %x : tensor<?x8xf32>
  %y = norm.pow %exp_f64, %s : tensor<?x8xf32>, tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

