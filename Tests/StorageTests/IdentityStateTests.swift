import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("The identity of a state on disk")
struct IdentityStateTests {
  @Test("Given an identity, it is read back; with another xMatters all that was known of the former one is gone")
  func identity() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      #expect(try await state.identity() == nil)
      var identity = StateIdentity(
        ConfiguredIdentity(tenant: "Acme.example.com", cloud: "public", host: "acme.xmatters.com", prefix: "entra:"),
        application: .sample(900))
      let watermark = Watermark(
        users: "u", groups: "g", fingerprint: 1, storedAt: FixedClock.start, fullCycleAt: FixedClock.start)
      try await state.setWatermark(watermark, revisiting: [])
      try await state.adopt([Link(objectID: .sample(1), personID: PersonID("p"))])
      try await state.adopt([GroupLink(objectID: .sample(2), groupID: GroupID("g"))])
      try await state.setIdentity(identity, forgettingTarget: false)
      #expect(try await state.identity() == identity)
      #expect(try await state.links().count == 1)
      identity.configured.host = "other.xmatters.com"
      try await state.setIdentity(identity, forgettingTarget: true)
      #expect(try await state.identity() == identity)
      #expect(try await state.links().isEmpty)
      #expect(try await state.groupLinks().isEmpty)
      #expect(try await state.watermark() == nil)
      state.close()
    }
  }
}
