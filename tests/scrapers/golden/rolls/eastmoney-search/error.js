froth({"code": -2, "msg": "param 不是合法的 JSON", "result": null})
