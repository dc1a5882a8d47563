import ProvisioningModel
import Simulators
import Testing
import XMatters

@Suite("What xMatters refuses by its rules, over real sockets")
struct RefusalTests {
  /// The refusals of docs/reference/xmatters-api.md, "Conflicts", as far as they are of people.
  enum Clash: String, CaseIterable {
    case targetName, targetNameInAnotherCase, webLoginOfAnother, webLoginThatIsATargetName, externalKey, nameOfAGroup
  }

  private static let key = "entra:22222222-2222-2222-2222-222222222222"

  @Test("Whatever is taken is a conflict that concerns one object, and names no person", arguments: Clash.allCases)
  func conflict(clash: Clash) async throws {
    try await TargetRig.with { rig in
      _ = try await rig.create("zoe", [.webLogin: .text("zoe-login")])
      _ = try await rig.target.createGroup(.broadcast, [.targetName: "zoes"], externalKey: "entra:group")
      let failed = await failure { () throws(Failure) in
        _ =
          switch clash {
          case .targetName: try await rig.create("zoe", key: Self.key)
          case .targetNameInAnotherCase: try await rig.create("ZOE", key: Self.key)
          case .webLoginOfAnother: try await rig.create("bela", key: Self.key, [.webLogin: .text("ZOE-LOGIN")])
          case .webLoginThatIsATargetName: try await rig.create("zoe-login", key: Self.key)
          case .externalKey: try await rig.create("bela")
          case .nameOfAGroup: try await rig.create("ZOES", key: Self.key)
          }
      }
      let refusal = try #require(failed)
      #expect(refusal.remedy == .escrow && refusal.code == .conflict && !refusal.outcomeIsUnknown)
      #expect(
        refusal.exchange
          == Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 409, message: "Conflict"))
      #expect(!refusal.advice.isEmpty)
      #expect(!"\(refusal)".lowercased().contains("zoe"))
      #expect(rig.simulator.faults.requests["GET /people/{id}"] == nil, "licences are not asked for")
    }
  }

  @Test(
    "No licence left: whatever status that is answered with, it is said so, and what to do", arguments: [400, 403, 422])
  func licenses(status: Int) async throws {
    try await TargetRig.with { rig in
      rig.simulator.change { instance in
        instance.fullUserLicenses = instance.people.count + 1
        instance.licenseRefusal = status
      }
      _ = try await rig.create("ada")
      let failed = await failure { () throws(Failure) in _ = try await rig.create("bela", key: Self.key) }
      let refusal = try #require(failed)
      #expect(refusal.remedy == .escrow && refusal.code == .licenseLimitExceeded)
      #expect(refusal.exchange?.status == status && refusal.reason.contains("licence"))
      rig.simulator.change { $0.fullUserLicenses = nil }
      _ = try await rig.create("bela", key: Self.key)
    }
  }

  @Test("With licences left, or when xMatters does not say, a refusal is what it is", arguments: [200, 403, 500])
  func otherRefusals(quotas: Int) async throws {
    try await TargetRig.with { rig in
      if quotas != 200 {
        rig.simulator.faults.add(
          Fault(path: "/license-quotas", kind: .status(quotas, retryAfter: nil), count: nil))
      }
      let failed = await failure { () throws(Failure) in
        _ = try await rig.create("ada", [.roles: .list(["No such role"])])
      }
      #expect(failed?.code == .badRequest && failed?.remedy == .escrow)
    }
  }
}
