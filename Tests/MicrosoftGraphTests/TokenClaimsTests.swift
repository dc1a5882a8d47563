import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("What an access token says of itself")
struct TokenClaimsTests {
  // {"alg":"none"} and {"tid":"0F8FAD5B-D9CB-469F-A165-70867728950E","x":"??>>"}
  private static let payload = "eyJ0aWQiOiIwRjhGQUQ1Qi1EOUNCLTQ2OUYtQTE2NS03MDg2NzcyODk1MEUiLCJ4IjoiPz8-PiJ9"

  @Test("The tenant is read, whatever its letter case")
  func tenant() {
    let token = "eyJhbGciOiJub25lIn0.\(Self.payload).c2ln"
    #expect(TokenClaims.tenant(of: token) == ObjectID("0f8fad5b-d9cb-469f-a165-70867728950e"))
  }

  @Test(
    "What is no JWT, or names no tenant, says nothing",
    arguments: ["", "token-1", "a.b", "a.!.c", "e30.e30.e30", "e30.eyJ0aWQiOiJhY21lLmV4YW1wbGUuY29tIn0.c2ln"])
  func opaque(token: String) {
    #expect(TokenClaims.tenant(of: token) == nil)
  }
}
