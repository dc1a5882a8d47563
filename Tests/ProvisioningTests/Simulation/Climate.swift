import ProvisioningModel
import Synchronization
import TestSupport

/// Draws which calls of the ports fail, and how: a share of all, always, and for a while whole troubles of one side.
final class Climate: Sendable {
  enum Side: CaseIterable {
    case directory, target
  }

  enum Trouble: CaseIterable {
    /// Most calls are throttled.
    case storm
    /// No call gets through.
    case outage
    /// The credentials are refused.
    case credentials
  }

  private struct Storage {
    var random: SeededGenerator
    var share: Double
    var troubles: [(side: Side, trouble: Trouble, until: Timestamp)] = []
    /// How far each relation of the directory may be behind at most.
    var lags: [ModelDirectory.Relation: Duration] = [:]
  }

  private let storage: Mutex<Storage>
  private let clock: any WallClock

  /// - Parameter share: Of all calls, those that fail whatever else happens.
  init(seed: UInt64, share: Double, clock: any WallClock) {
    storage = Mutex(Storage(random: SeededGenerator(seed: seed), share: share))
    self.clock = clock
  }

  func begin(_ trouble: Trouble, at side: Side, for duration: Duration) {
    storage.withLock { $0.troubles.append((side, trouble, clock.now + duration)) }
  }

  /// Lets the replicas of the directory be behind, each relation by up to minutes of its own.
  func beginLag() {
    storage.withLock { storage in
      for relation in ModelDirectory.Relation.allCases {
        storage.lags[relation] = [.zero, .seconds(4), .seconds(8), .seconds(40), .seconds(240)]
          .randomElement(using: &storage.random)
      }
    }
  }

  /// How far a replica is behind that answers now.
  func lag(of relation: ModelDirectory.Relation) -> Duration {
    storage.withLock { storage in
      guard let longest = storage.lags[relation], longest > .zero else { return .zero }
      return .milliseconds(Int64.random(in: 0...longest.milliseconds, using: &storage.random))
    }
  }

  /// From now on everything goes well.
  func clear() {
    storage.withLock { storage in
      storage.share = 0
      storage.troubles = []
      storage.lags = [:]
    }
  }

  func fault(at operation: Operation) -> Faults.Fault? {
    let now = clock.now
    return storage.withLock { storage in
      storage.troubles.removeAll { $0.until <= now }
      for (side, trouble, _) in storage.troubles where side == operation.side {
        switch trouble {
        case .storm: if Double.random(in: 0..<1, using: &storage.random) < 0.8 { return .throttled }
        case .outage: return .unavailable
        case .credentials: return .refused(.refusedCredentials)
        }
      }
      return storage.random.fault(at: operation, share: storage.share)
    }
  }
}

extension Operation {
  /// Nil for the state, which is neither's.
  fileprivate var side: Climate.Side? {
    switch self {
    case .application, .assignments, .members, .allUsers, .user, .directoryGroup, .userID, .isGroup, .changesFromNow,
      .changes:
      .directory
    case .person, .people, .forEachPerson, .create, .modify, .delete, .createDevice, .modifyDevice, .deleteDevice,
      .createSite, .catalogue, .group, .groupNamed, .forEachGroup, .groupMembers, .createGroup, .modifyGroup,
      .deleteGroup, .addMember, .removeMember, .upload, .uploadProgress:
      .target
    case .readState, .record, .adopt, .setWatermark: nil
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func fault(at operation: Operation, share: Double) -> Faults.Fault? {
    let isState = operation.side == nil
    guard Double.random(in: 0..<1, using: &self) < (isState ? share / 10 : share) else { return nil }
    if [.forEachPerson, .forEachGroup].contains(operation) { return .brokenOff(.unavailable) }
    switch Int.random(in: 0..<20, using: &self) {
    case 0: return isState ? .unavailable : .refused(.refusedCredentials)
    case 1..<6: return .throttled
    case 6..<14: return .answerLost
    default: return .unavailable
    }
  }
}
