#ifndef ROLLCALL_OPENSSL_SHIM_H
#define ROLLCALL_OPENSSL_SHIM_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// Macros of OpenSSL that Swift cannot import, and its callback for passphrases.

enum { SHIM_RSA_PKCS1 = RSA_PKCS1_PADDING, SHIM_RSA_PSS = RSA_PKCS1_PSS_PADDING };

static inline int shim_no_passphrase(char *buffer, int size, int writing, void *context) {
  return -1;
}

// An encrypted key is refused rather than asking for its passphrase on the terminal. NULL when the text holds no key.
static inline EVP_PKEY *shim_read_private_key(const void *pem, int length) {
  BIO *bio = BIO_new_mem_buf(pem, length);
  if (bio == NULL) return NULL;
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, shim_no_passphrase, NULL);
  BIO_free(bio);
  return key;
}

static inline int shim_is_rsa(const EVP_PKEY *key) { return EVP_PKEY_is_a(key, "RSA"); }

// Sets the padding; PSS with a salt as long as the hash (RFC 7518, section 3.5). 1 when all is well.
static inline int shim_set_padding(EVP_PKEY_CTX *context, int padding) {
  if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1) return 0;
  if (padding != RSA_PKCS1_PSS_PADDING) return 1;
  return EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// An RSA public key of a modulus and an exponent, big-endian. NULL when they are no key.
static inline EVP_PKEY *shim_rsa_public_key(
    const unsigned char *modulus, int modulus_length, const unsigned char *exponent, int exponent_length) {
  EVP_PKEY *key = NULL;
  BIGNUM *n = BN_bin2bn(modulus, modulus_length, NULL);
  BIGNUM *e = BN_bin2bn(exponent, exponent_length, NULL);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
  OSSL_PARAM *parameters = NULL;
  if (n != NULL && e != NULL && builder != NULL && context != NULL
      && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1
      && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1
      && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL
      && EVP_PKEY_fromdata_init(context) == 1
      && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    key = NULL;
  OSSL_PARAM_free(parameters);
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_BLD_free(builder);
  BN_free(e);
  BN_free(n);
  return key;
}

static inline EVP_PKEY *shim_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }

// A number of a key, big-endian. Its length, or 0 when it is not there or too long.
static inline int shim_key_number(const EVP_PKEY *key, const char *name, unsigned char *bytes, size_t size) {
  BIGNUM *number = NULL;
  int count = 0;
  if (EVP_PKEY_get_bn_param(key, name, &number) == 1 && (size_t)BN_num_bytes(number) <= size)
    count = BN_bn2bin(number, bytes);
  BN_free(number);
  return count;
}

// Seconds since 1970 of a certificate's end. 1 when it could be read.
static inline int shim_not_after(const X509 *certificate, long long *seconds) {
  int days = 0, rest = 0;
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  const ASN1_TIME *end = X509_get0_notAfter(certificate);
  int fine = epoch != NULL && end != NULL && ASN1_TIME_diff(&days, &rest, epoch, end) == 1;
  if (fine) *seconds = (long long)days * 86400 + rest;
  ASN1_TIME_free(epoch);
  return fine;
}

#endif
