import ProvisioningModel
import TestSupport
import Testing

@Suite("What a state is a cache of")
struct StateIdentityTests {
  private static let tenant = ObjectID.sample(71).rawValue

  private static func identity(
    tenant: String = tenant, cloud: String = "public", application: Int = 900, host: String = "acme.xmatters.com",
    prefix: String = "entra:"
  ) -> StateIdentity {
    StateIdentity(
      ConfiguredIdentity(tenant: tenant, cloud: cloud, host: host, prefix: prefix), application: .sample(application))
  }

  @Test(
    "a domain in place of the tenant's id, and letter case, are no change",
    arguments: ["acme.example.com", tenant.uppercased()])
  func spelling(tenant: String) {
    #expect(Self.identity().change(to: Self.identity(tenant: tenant)) == .none)
    #expect(Self.identity(tenant: tenant).change(to: Self.identity()) == .none)
  }

  @Test("another tenant, cloud or application is another source")
  func source() {
    for other in [
      Self.identity(tenant: ObjectID.sample(72).rawValue), Self.identity(cloud: "china"),
      Self.identity(application: 901),
      Self.identity(tenant: "other.example.com", application: 901, host: "other.xmatters.com"),
    ] {
      #expect(Self.identity().change(to: other) == .source)
    }
  }

  @Test("another host is another xMatters, another prefix other keys")
  func target() {
    #expect(Self.identity().change(to: Self.identity(host: "other.xmatters.com")) == .target)
    #expect(Self.identity().change(to: Self.identity(application: 901, prefix: "aad:")) == .prefix)
  }
}
