/// The kinds of cycle (docs/reference/entra-provisioning.md, "Cycles"; `full` is ours).
package enum CycleKind: String, Hashable, Sendable {
  /// Nothing is known yet: links are taken from a listing of people, everybody in scope is provisioned.
  case initial
  /// What changed in the directory since the watermark.
  case incremental
  /// Everybody in scope against a listing of people; drift is found.
  case full
}
