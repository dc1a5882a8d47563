internal import CJansson

typealias Handle = UnsafeMutablePointer<json_t>

/// Owns a tree of jansson values: the only place that gives a reference back. Everything else borrows from it.
/// A tree is not changed once it is owned, so that any thread may read it.
final class Document: @unchecked Sendable {
  let root: Handle

  /// Takes over one reference.
  init(owning root: Handle) {
    self.root = root
  }

  deinit {
    json_decref(root)
  }
}
