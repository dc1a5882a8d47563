import ProvisioningModel
import Simulators
import Testing
import XMatters

@Suite("Missing sites are made once, over real HTTP")
struct SiteTests {
  private let name = "Harbour | North / 2 %"

  @Test("A site is made like another, and known from then on without reading the list again")
  func made() async throws {
    try await TargetRig.with { rig in
      _ = try await rig.target.catalogue(refreshing: false)
      try await rig.target.createSite(named: name, like: "Default Site")
      let id = try #require(try await rig.target.catalogue(refreshing: false).siteID(name))
      #expect(rig.simulator.instance.sites[name] == id)
      #expect(rig.simulator.faults.requests["GET /sites"] == 1)
      let person = try await rig.create("ada", [.site: .text(id)])
      #expect(try await rig.read(person.id).attributes[.site] == .text(id))
    }
  }

  @Test("Many who want the same site at once make one")
  func once() async throws {
    try await TargetRig.with { rig in
      _ = try await rig.target.catalogue(refreshing: false)
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask { try? await rig.target.createSite(named: name, like: "Default Site") }
        }
      }
      #expect(rig.simulator.faults.requests["POST /sites"] == 1)
    }
  }

  @Test("One that another client made meanwhile, or whose answer was lost, is taken as it is")
  func madeByOthers() async throws {
    try await TargetRig.with { rig in
      _ = try await rig.target.catalogue(refreshing: false)
      rig.simulator.change { $0.sites[name] = "theirs" }
      try await rig.target.createSite(named: name, like: "Default Site")
      #expect(try await rig.target.catalogue(refreshing: false).siteID(name) == "theirs")
    }
    try await TargetRig.with { rig in
      rig.simulator.faults.add(Fault(method: "POST", path: "/sites", kind: .lostAnswer, count: 1))
      try await rig.target.createSite(named: name, like: "Default Site")
      #expect(rig.simulator.instance.sites[name] != nil)
    }
  }

  @Test("Without the site that it is to be like, none is made, and the failure names both")
  func noModel() async throws {
    try await TargetRig.with { rig in
      do throws(Failure) {
        try await rig.target.createSite(named: name, like: "Nowhere")
        Issue.record("it was made")
      } catch {
        #expect(error.remedy == .escrow && error.reason.contains(name) && error.reason.contains("Nowhere"))
      }
      #expect(rig.simulator.instance.sites[name] == nil)
    }
  }
}
