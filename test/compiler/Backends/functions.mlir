// RUN: normc %s --emit=cpp | FileCheck %s
// RUN: normc %s -o %t.so

// What is called is defined once, before the kernels, from the conversions that it needs; nothing else is. Points of a sweep call
// functions of f32, groups those of f64.

// CHECK-COUNT-2: inline uint{{[0-9]+}}_t bits_of(
// CHECK: // 2^n e^r, {{.*}}; within {{[0-9.]+}} units in the last place.
// CHECK-NEXT: inline float exp_f32(float x) {
// CHECK: const float n = shifted - 12582912.0f;
// CHECK: std::fma(r_ * r_, p{{.*}}, r_)
// CHECK: // 2^n e^r, {{.*}}; within {{[0-9.]+}} units in the last place.
// CHECK-NEXT: inline double exp_f64(double x) {
// CHECK: const double n = shifted - 6755399441055744.0;
// CHECK: std::fma({{.*}}, p{{.*}}, r
// CHECK: inline float sigmoid_f32(float x) {
// CHECK: inline float pow_f32(float x, float y) {
// CHECK-NOT: inline
// CHECK-NOT: std::exp

// A value of a function's name does not hide it.
// CHECK: // exp_f32_ = exp(x)
// CHECK-NEXT: // s = sigmoid(x)
// CHECK-NEXT: // y = pow(exp_f32_, s)
// CHECK: const float exp_f32_ = exp_f32({{.*}});
// CHECK-NEXT: const float s = sigmoid_f32({{.*}});
// CHECK-NEXT: pow_f32(exp_f32_, s)
func.func @f(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %exp_f32 = norm.exp %x : tensor<?x8xf32>
  %s = norm.sigmoid %x : tensor<?x8xf32>
  %y = norm.pow %exp_f32, %s : tensor<?x8xf32>, tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// CHECK: // y = exp(s)
// CHECK: float(exp_f64(s{{.*}}))
func.func @g(%x: tensor<?x8xf32>) -> tensor<1x8xf32> {
  %s = norm.sum %x over [0] : tensor<?x8xf32>
  %y = norm.exp %s : tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}
