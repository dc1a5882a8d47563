import HTTPTypes
import ProvisioningModel
import TestSupport
import Testing
@testable import Service

@Suite("Held removals and escrows over the admin API")
struct RemovalsTests {
  private static func removal(_ number: Int, _ state: HeldRemoval.State = .held) -> HeldRemoval {
    HeldRemoval(
      objectID: .sample(number), kind: .user, action: .disable, reason: .filteredOut, detail: "Not in scope.",
      displayName: "User \(number)", cycleID: "cycle-1", since: FixedClock.start, state: state)
  }

  @Test("Given held and kept removals, the list has them in pages, with all that the operator needs")
  func list() async throws {
    let rig = try AdminRig()
    rig.job.hold([Self.removal(1), Self.removal(2, .kept), Self.removal(3)])
    let first = await rig.call(.get, "/api/v1/removals?top=2", token: AdminRig.readToken)
    #expect(try first.values("objectId") == [1, 2].map { ObjectID.sample($0).rawValue })
    #expect(try first.values("state") == ["held", "kept"])
    #expect(try first.values("reason") == ["filteredOut", "filteredOut"])
    #expect(try first.values("since") == [FixedClock.start.description, FixedClock.start.description])
    let second = await rig.call(.get, try #require(first.nextLink))
    #expect(try second.values("displayName") == ["User 3"] && second.nextLink == nil)
  }

  @Test("Given a decision, exactly one way to name removals is taken")
  func bodies() async throws {
    let rig = try AdminRig()
    let id = ObjectID.sample(1)
    for path in ["allow", "keep"] {
      for (body, status) in [
        (#"{"objectIds": ["\#(id)"]}"#, 204), (#"{"all": true, "before": "2026-01-01T00:00:00Z"}"#, 204),
        (#"{"all": true}"#, 400), (#"{"all": false, "before": "2026-01-01T00:00:00Z"}"#, 400), ("{}", 400),
        (#"{"objectIds": ["\#(id)"], "all": true, "before": "2026-01-01T00:00:00Z"}"#, 400),
        (#"{"objectIds": ["\#(id)"], "before": "2026-01-01T00:00:00Z"}"#, 400), (#"{"objectIds": "x"}"#, 400),
        (#"{"objectIds": [1]}"#, 400), (#"{"objectIds": [], "other": 1}"#, 400),
        (#"{"all": true, "before": "x"}"#, 400),
      ] {
        #expect(await rig.call(.post, "/api/v1/removals/\(path)", body: body).status.code == status, "\(path) \(body)")
      }
      #expect(await rig.call(.post, "/api/v1/removals/\(path)").status == .badRequest)
      let answer = await rig.call(.post, "/api/v1/removals/\(path)", body: "{}", token: AdminRig.readToken)
      #expect(answer.status == .forbidden)
    }
    let before = try #require(Timestamp("2026-01-01T00:00:00Z"))
    #expect(
      rig.job.orders == [
        .allow(.objects([id])), .allow(.all(before: before)), .keep(.objects([id])), .keep(.all(before: before)),
      ])
  }

  @Test("Given escrows, some or all of them are tried again")
  func retry() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.post, "/api/v1/escrows/retry", body: #"{"all": true}"#).status == .noContent)
    let some = #"{"objectIds": ["\#(ObjectID.sample(1))"]}"#
    #expect(await rig.call(.post, "/api/v1/escrows/retry", body: some).status == .noContent)
    #expect(await rig.call(.post, "/api/v1/escrows/retry", body: "{}").status == .badRequest)
    #expect(rig.job.orders == [.retryEscrows(nil), .retryEscrows([.sample(1)])])
  }
}
