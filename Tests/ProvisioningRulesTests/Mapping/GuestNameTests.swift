import Testing
@testable import ProvisioningRules

@Suite("Names of guests")
struct GuestNameTests {
  @Test(
    "Given the user principal name of a guest, it is the address that was invited",
    arguments: [
      ("ada_home.example#EXT#@tenant.example", "ada@home.example"),
      ("ada_b_keita_home.example#EXT#@tenant.example", "ada_b_keita@home.example"),
      ("ada.keita#EXT#@tenant.example", "ada.keita"),
      ("_home.example#EXT#@tenant.example", "@home.example"),
      ("ada@home.example", "ada@home.example"),
      ("ada_b@home.example", "ada_b@home.example"),
      ("", ""),
    ])
  func original(_ name: String, _ expected: String) {
    #expect(GuestName.original(of: name) == expected)
  }
}
