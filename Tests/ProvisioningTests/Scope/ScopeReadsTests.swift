import ProvisioningRules
import ProvisioningModel
import Reconciler
import Synchronization
import TestSupport
import Testing

@Suite("Reading who is assigned")
struct ScopeReadsTests {
  /// Holds back those calls of a model, counted from 1, that are named, until they are let go.
  private final class Gate: Sendable {
    private struct Storage {
      var calls = 0
      var held: Set<Int> = []
      var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let storage = Mutex(Storage())

    func hold(_ calls: Set<Int>) {
      storage.withLock { storage in
        storage.calls = 0
        storage.held = calls
      }
    }

    func pass() async {
      await withCheckedContinuation { continuation in
        let goesOn = storage.withLock { storage in
          storage.calls += 1
          guard storage.held.contains(storage.calls) else { return true }
          storage.waiting[storage.calls] = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    }

    func release(_ call: Int) {
      storage.withLock { $0.waiting.removeValue(forKey: call) }?.resume()
    }

    func isHeld(_ call: Int) -> Bool { storage.withLock { $0.waiting[call] != nil } }
  }

  private func directory(_ turn: (@Sendable () async -> Void)? = nil) -> ModelDirectory {
    let directory = ModelDirectory(faults: Faults(turn: turn))
    for number in 1...9 { directory.put(.sample(number)) }
    for number in 1...4 { directory.setMembers(of: .sample(500 + number), [.sample(number), .sample(number + 1)]) }
    return directory
  }

  private func scope(_ directory: ModelDirectory) -> Scope {
    Scope(
      directory: directory, nestedGroups: false, includesDefaultAccess: false,
      confirmation: .init(leave: .zero), uptime: Uptime { .zero })
  }

  private func users(_ scope: Scope) async -> Set<ObjectID> {
    await scope.assigned(among: Set((1...9).map { .sample($0) }))
  }

  @Test("Given the members of one group among many cannot be read, nothing changes")
  func failure() async throws {
    let directory = directory()
    let scope = scope(directory)
    for group in 501...504 { directory.assign(.sample(group), .group) }
    try await scope.refresh()
    let before = await users(scope)
    for group in 501...504 { directory.setMembers(of: .sample(group), []) }
    directory.faults.plan(.members, nil, nil, .unavailable)
    await #expect(throws: Failure.unavailable) { try await scope.refresh() }
    #expect(await users(scope) == before)
    try await scope.refresh()
    #expect(await users(scope).isEmpty)
  }

  @Test("Given an older read that lacks a group ends while a newer one is under way, the members of the group stay")
  func overlap() async throws {
    let gate = Gate()
    let directory = directory { await gate.pass() }
    let scope = scope(directory)
    directory.assign(.sample(501), .group)
    try await scope.refresh()
    gate.hold([2, 4])
    directory.unassign(.sample(501))
    directory.assign(.sample(502), .group)
    async let slower = scope.refreshAssignments()
    while !gate.isHeld(2) { await Task.yield() }
    directory.unassign(.sample(502))
    directory.assign(.sample(501), .group)
    directory.assign(.sample(503), .group)
    async let newer = scope.refreshAssignments()
    while !gate.isHeld(4) { await Task.yield() }
    gate.release(2)
    _ = try await slower
    gate.release(4)
    _ = try await newer
    #expect(await users(scope) == Set([1, 2, 3, 4].map { .sample($0) }))
  }
}
