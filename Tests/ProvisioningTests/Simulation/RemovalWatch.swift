import ProvisioningModel
import ProvisioningRules
import Synchronization
import SynchronizationJob
import TestSupport

/// Watches every disable and delete that reaches the model of xMatters, whatever becomes of its answer.
final class RemovalWatch: Sendable {
  private struct Storage {
    var violations: [String] = []
    /// Those that nobody has released, for as long as the window takes.
    var recent: [(user: ObjectID, at: Timestamp)] = []
    /// Whoever was out of scope since the last cycle that began after their return; nil for a return that has not come.
    var left: [ObjectID: Timestamp?] = [:]
  }

  private let limits: RemovalLimits
  private let state: MemoryState
  private let wall: any WallClock
  private let storage = Mutex(Storage())

  init(limits: RemovalLimits, state: MemoryState, wall: any WallClock) {
    self.limits = limits
    self.state = state
    self.wall = wall
  }

  var violations: [String] { storage.withLock { $0.violations } }

  /// The state is lost, or reset: nobody can count what is not known any more.
  func countIsForgotten() {
    storage.withLock { $0.recent = [] }
  }

  /// To be called after every change in the directory.
  /// - Parameter inScope: Everybody who is to be active now.
  func look(_ users: some Sequence<ObjectID>, inScope: Set<ObjectID>) {
    storage.withLock { storage in
      for user in users {
        if inScope.contains(user) {
          if case .some(.none) = storage.left[user] { storage.left[user] = wall.now }
        } else {
          storage.left[user] = .some(nil)
        }
      }
    }
  }

  /// A cycle has ended well: whoever was back when it began is known to be back.
  func cycleEnded(_ report: CycleReport) {
    storage.withLock { storage in
      storage.left = storage.left.filter { _, back in back.map { $0 >= report.began } ?? true }
    }
  }

  /// - Parameter key: The external key of the person who has been disabled or deleted.
  func removed(_ key: String) {
    guard key.hasPrefix("entra:") else { return note("\(key), who is not managed, was removed") }
    let user = ObjectID(String(key.dropFirst(6)))
    let held = state.allHeld[user]
    if storage.withLock({ $0.left[user] == nil }) { note("\(user) was removed while in scope") }
    if held?.isReleased == false { note("\(user) was removed while that was held") }
    guard held == nil else { return }
    let (count, now) = storage.withLock { storage in
      let now = wall.now
      storage.recent.removeAll { now - $0.at >= limits.window }
      storage.recent.append((user, now))
      return (Set(storage.recent.map(\.user)).count, now)
    }
    // The share is covered by the guard's own tests; here number and minimum are the same.
    if count > limits.minimum { note("\(now): \(count) were removed within the window, \(user) the last") }
  }

  private func note(_ text: String) {
    storage.withLock { $0.violations.append(text) }
  }
}
