/// One condition of being ready.
package struct ReadinessCheck: Hashable, Sendable {
  package var name: String
  package var isFine: Bool
  package var detail: String
}
