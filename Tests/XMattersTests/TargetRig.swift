import ProvisioningModel
import Simulators
import Testing
import XMatters

/// The adapter against the simulator, over real sockets.
struct TargetRig: Sendable {
  let target: XMattersTarget<ContinuousClock>
  let simulator: XMattersSimulator

  static func with(_ body: (TargetRig) async throws -> Void) async throws {
    try await withTarget { target, simulator in
      try await body(TargetRig(target: target, simulator: simulator))
    }
  }
}

extension TargetRig {
  static let key = "entra:11111111-1111-1111-1111-111111111111"

  /// Makes a person of this name.
  func create(
    _ name: String, key: String = Self.key, _ others: [TargetAttribute: TargetValue] = [:]
  ) async throws(Failure) -> Person {
    let attributes: [TargetAttribute: TargetValue] = [
      .targetName: .text(name), .firstName: .text("Ada"), .lastName: .text("Keita"), .roles: .list(["Standard User"]),
      .supervisors: .list([]),
    ]
    return try await target.create(attributes.merging(others) { $1 }, externalKey: key)
  }

  func read(_ id: PersonID) async throws -> Person {
    try #require(try await target.person(id))
  }
}
