// The loss of a classifier: how surprised its softmax is at the true labels, averaged over the batch.
//   loss = 1/N sum over rows of -log_softmax(logits)[row, label of the row]
// The gradient by the logits is (softmax(logits) - [class = label]) / N.
!logits = tensor<?x10xf32>
!labels = tensor<?x1xi32>

func.func @cross_entropy(%logits: !logits, %labels: !labels) -> tensor<1x1xf32> {
  %logp   = norm.log_softmax %logits over [1] : !logits
  %class  = norm.index 1 of %logits : !logits to i32
  %hit    = norm.compare eq %class, %labels : tensor<1x10xi32>, !labels
  %zero   = norm.constant 0.0 : tensor<1x1xf32>
  %picked = norm.select %hit, %logp, %zero : tensor<?x10xi1>, !logits, tensor<1x1xf32>
  %score  = norm.sum %picked over [1] : !logits
  %mean   = norm.mean %score over [0] : tensor<?x1xf32>
  %loss   = norm.neg %mean : tensor<1x1xf32>
  return %loss : tensor<1x1xf32>
}
norm.gradient @cross_entropy_grad of @cross_entropy wrt [0]
