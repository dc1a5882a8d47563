import Synchronization

/// So much memory, and no more, for all that callers make the service hold: bodies that arrive, and the trees that they are parsed into.
final class MemoryBudget: Sendable {
  /// A share beyond this is a large one. Larger than what Graph sends at once, as a rule.
  static let small = 256 << 10
  /// Some seven bodies of the largest size that is allowed by default, and the largest tree of one.
  private static let usual = 84 << 20

  let bytes: Int
  /// What large bodies leave for the tree of one of them, and for small bodies.
  let forTrees: Int
  /// What trees of large bodies leave for small ones.
  let forSmallBodies: Int
  private let left: Mutex<Int>
  private let givenBack: @Sendable (Int) -> Void

  /// - Parameters:
  ///   - maxBodyBytes: The largest body that is taken.
  ///   - givenBack: Called with so many bytes whenever a share ends.
  convenience init(maxBodyBytes: Int, givenBack: @escaping @Sendable (Int) -> Void = { _ in }) {
    self.init(bytes: max(Self.usual, 12 * maxBodyBytes), givenBack: givenBack)
  }

  init(bytes: Int, givenBack: @escaping @Sendable (Int) -> Void = { _ in }) {
    self.bytes = bytes
    forTrees = bytes * 2 / 3
    forSmallBodies = bytes / 16
    left = Mutex(bytes)
    self.givenBack = givenBack
  }

  var bytesLeft: Int { left.withLock { $0 } }

  /// What one body or tree has of it, given back at the end of its life.
  final class Share: Sendable {
    let budget: MemoryBudget
    private let taken = Mutex(0)

    init(of budget: MemoryBudget) {
      self.budget = budget
    }

    /// - Parameter leaving: So much has to be left for others afterwards.
    /// - Returns: Whether there was as much.
    func take(_ count: Int, leaving reserve: Int) -> Bool {
      let isThere = budget.left.withLock { left in
        guard left - count >= reserve else { return false }
        left -= count
        return true
      }
      if isThere { taken.withLock { $0 += count } }
      return isThere
    }

    deinit {
      let count = taken.withLock { $0 }
      budget.left.withLock { $0 += count }
      budget.givenBack(count)
    }
  }
}
